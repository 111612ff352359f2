# SPDX-License-Identifier: MIT
"""What the cases of signals share: start the command, wait until it is at work, signal it, see how it ends.

A case ends by LIMIT_S whatever happens, and then leaves nothing behind; nothing is judged by how long it took.
"""
import glob
import os
import signal
import subprocess
import tempfile
import time

LIMIT_S = 45
MPIRUN = ["mpirun", "--oversubscribe", "--bind-to", "none"]


def catches(pid, number):
    with open(f"/proc/{pid}/status") as file:
        caught = next(line for line in file if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> (number - 1) & 1


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def until(what, is_so):
    end = time.monotonic() + LIMIT_S
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


class Run:
    """A command in a group of its own. ranks 0: the process itself takes the signals; else mpirun's children."""

    def __init__(self, *words, ranks=0, ignored=(), stderr=subprocess.PIPE, env=None):
        def begin():
            for number in ignored:
                signal.signal(number, signal.SIG_IGN)
        command = ([*MPIRUN, "-n", str(ranks)] if ranks else []) + [os.environ["PARALLAX"], *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=env,
                                        start_new_session=True, preexec_fn=begin)
        self.ranks = ranks
        self.writes = "-o" in words
        try:
            until("it takes signals", self.is_ready)
        except BaseException:
            self.kill()
            raise

    def workers(self):
        return children(self.process.pid) if self.ranks else [self.process.pid]

    def is_ready(self):
        """Its handlers stand; with -o it has begun its output, which is the last before the call."""
        if self.writes and not glob.glob(".parallax-*.tmp"):
            return False
        try:
            pids = self.workers()
            return len(pids) == max(1, self.ranks) and all(catches(pid, signal.SIGTERM) for pid in pids)
        except (OSError, StopIteration):
            return False

    def computes(self):
        """Wait until it has computed for longer than any start takes: so it is inside a kernel that computes."""
        def used():
            with open(f"/proc/{self.process.pid}/stat") as file:
                return int(file.read().rpartition(")")[2].split()[11]) / os.sysconf("SC_CLK_TCK")
        until("it computes", lambda: used() >= 0.5)

    def send(self, number):
        self.process.send_signal(number)

    def kill(self):
        pids = self.workers()
        self.process.kill()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def end(self):
        """Exit code, stdout, and the lines of stderr that are ours, without their beginning."""
        pids = self.workers()
        try:
            out, err = self.process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        until("no process is left", lambda: not [pid for pid in pids if os.path.exists(f"/proc/{pid}")])
        mark = "parallax: "
        ours = [line[len(mark):] for line in (err or "").splitlines() if line.startswith(mark)]
        return self.process.returncode, out, ours


def pause():
    """Long enough for a second signal to be one; it may as well be longer."""
    time.sleep(0.3)


def runs(command):
    """Is there a process of these words? A regular expression."""
    return subprocess.run(["pgrep", "-f", f"^{command}$"], capture_output=True, check=False).returncode == 0


def recorded(journal):
    export = subprocess.run([os.environ["PARALLAX"], "journal", "export", "--json", journal], capture_output=True,
                            timeout=LIMIT_S, check=False)
    return len(export.stdout.splitlines())


STUBBORN = """test $1 -gt 3 || exec echo $1
trap '' TERM
setsid sleep 3761$1.{mark} &
sleep 3762$1.{mark}
"""


def end_batch_twice(first, second, *words, ranks=0):
    """Two signals, one after the other, to a batch whose commands take no TERM and start others that leave their group.

    Its end as Run.end() says it, stdout sorted. No command is left then, and what was recorded before is kept.
    """
    mark = os.getpid()
    with tempfile.TemporaryDirectory() as place:
        journal, item = f"{place}/journal", f"{place}/item"
        with open(item, "w") as file:
            file.write(STUBBORN.format(mark=mark))
        run = Run("batch", "--exec", f"sh {item} {{}}", "-n", "9", "--journal", journal, *words, ranks=ranks)
        try:
            until("they run, and what left their group",
                  lambda: all(runs(f"sleep 376{kind}[0-9].{mark}") for kind in (1, 2)))
            until("what has ended is recorded", lambda: recorded(journal) == 4)
        except BaseException:
            run.kill()
            raise
        pids = run.workers()
        for number in first, second:
            for pid in pids:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:      # a rank that the launcher has ended since
                    pass
            pause()
        code, out, said = run.end()
        until("no command is left", lambda: not runs(f"sleep 376[12][0-9].{mark}"))
        assert recorded(journal) == 4, recorded(journal)
    return code, sorted(out.split()), said
