# SPDX-License-Identifier: MIT
"""A batch that is disturbed, resumed and judged: what tests/batch/kill, points and disk share.

A Batch is a command line; a Trial is one journal of it. All its processes carry a word in their environment, by
which they are found in /proc whatever they have become. The judge reads the segments itself, by the words of
journal/format.h: the command that is tested is not asked how often it recorded an item.
"""
import ctypes
import json
import os
import select
import shutil
import signal
import struct
import subprocess
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARALLAX = os.environ.get("PARALLAX", "parallax")
WORK = HERE / "work"
MARK = "PLX_TEST_TRIAL"
LIMIT_S = 30                    # of one start: one that takes longer hangs
GONE_S = 5                      # after a kill, on a machine however busy; how long it takes is printed
VARIABLE = ("elapsed_s", "ended")


class Wrong(Exception):
    """What was promised is not so."""


# ---- the judge's own reader

HEADER = struct.Struct("<8sHHIQIIiIqqd64s40sQ")
RECORD = struct.Struct("<IHHIIQQQ")
MAGIC, ENTRY = 0x72584C50, 2
XXH3 = ctypes.CDLL("libxxhash.so.0").XXH3_64bits_withSeed
XXH3.argtypes, XXH3.restype = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64), ctypes.c_uint64


def is_whole(data, at, size, salt):
    """A record's two sums: a death in the middle of a write leaves one that only looks like one."""
    *_, payload_sum, own_sum = RECORD.unpack_from(data, at)
    begin = at + RECORD.size
    return XXH3(data[at:begin - 8], RECORD.size - 8, salt ^ at) == own_sum and \
        XXH3(data[begin:begin + size], size, salt) == payload_sum


def keys_of(path):
    """The keys of a segment's entries, in order; what is not written whole ends it."""
    data = path.read_bytes()
    if len(data) < HEADER.size or data[:8] != b"PLXJRNL\0":
        return []
    _, _, _, _, salt, _, _, _, subject, *_ = HEADER.unpack_from(data)
    at, keys = 2 * (HEADER.size + -(-subject // 8) * 8), []
    while at + RECORD.size <= len(data):
        magic, kind, _, size, *_ = RECORD.unpack_from(data, at)
        if magic != MAGIC or at + RECORD.size + size > len(data) or not is_whole(data, at, size, salt):
            break
        if kind == ENTRY:
            keys.append(data[at + RECORD.size:at + RECORD.size + 12])
        at += -(-(RECORD.size + size) // 8) * 8
    return keys


def recorded(folder):
    """How often each key stands in a journal."""
    return Counter(key for path in folder.glob("*.plxj") for key in keys_of(path))


# ---- processes

def marked(mark):
    """Processes that carry the mark: {pid: (name, program, rank)}; zombies have no environment."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "environ").read_bytes().split(b"\0")
            if f"{MARK}={mark}".encode() not in words:
                continue
            rank = next((int(word.split(b"=")[1]) for word in words if word.startswith(b"OMPI_COMM_WORLD_RANK=")), -1)
            found[int(entry.name)] = ((entry / "comm").read_text().strip(), os.readlink(entry / "exe"), rank)
        except (OSError, ValueError):
            continue
    return found


def parent_of(pid):
    """-1: it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return -1


def kill_now(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def ended(process, seconds):
    """Its exit code, or None if it runs on; at once, where Popen.wait looks every 50 ms."""
    there = os.pidfd_open(process.pid)
    try:
        select.select([there], [], [], seconds)
    finally:
        os.close(there)
    return process.poll()


def until_gone(mark, limit=GONE_S):
    """Seconds until no process of it is left; else they are ended, and it is Wrong."""
    begin = time.monotonic()
    while left := marked(mark):
        if time.monotonic() - begin > limit:
            for pid in left:
                kill_now(pid)
            raise Wrong(f"{len(left)} processes are left after {limit} s: {left}")
        time.sleep(0.01)
    return time.monotonic() - begin


class Batch:
    """Words behind `parallax batch`, all but the journal's and the output's; code: how it ends undisturbed."""

    def __init__(self, name, words, items, code=0, output="out"):
        self.name, self.words, self.items, self.code, self.output = name, words, items, code, output


class Trial:
    """One journal of a batch, in a folder of its own."""

    count = 0

    def __init__(self, batch, place, options=()):
        Trial.count += 1
        self.batch, self.mark = batch, f"{os.getpid()}-{Trial.count}"
        self.folder = Path(place) / f"{batch.name}-{Trial.count}"
        self.folder.mkdir()
        self.journal, self.output = self.folder / "journal", self.folder / batch.output
        self.options, self.starts, self.states = list(options), 0, None

    def start(self, before=(), **environment):
        """The command in a group of its own; what it says goes to a file."""
        self.starts += 1
        self.said = self.folder / f"said.{self.starts}"
        words = [*before, PARALLAX, "batch", *self.batch.words, *self.options, "--journal", self.journal, "-o",
                 self.output, "--max-idle", "1000000"]
        with open(self.said, "wb") as said:
            return subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                    env=os.environ | environment | {MARK: self.mark}, start_new_session=True)

    def lines(self):
        """What the last start said, long lines cut."""
        return "\n".join(line[:300] for line in self.said.read_text(errors="replace").splitlines())

    def run(self, before=(), **environment):
        """To its end: the exit code, -n of a signal."""
        process = self.start(before, **environment)
        if (code := ended(process, LIMIT_S)) is not None:
            return code
        state = marked(self.mark)
        for pid in state:
            kill_now(pid)
        process.wait()
        raise Wrong(f"a start hangs: {state}\n{self.lines()}")

    def finish(self):
        """Undisturbed starts until it is done; one may find processes that are still ending (75)."""
        for _ in range(5):
            code = self.run()
            if code == self.batch.code:
                return
            if code != 75:
                break
        raise Wrong(f"a resume ended with {code}, not {self.batch.code}:\n{self.lines()}")

    def export(self):
        """The final states by key, less what differs from run to run; of a trial that has ended they stay."""
        if self.states is None:
            self.states = self.ask_export()
        return self.states

    def ask_export(self):
        done = subprocess.run([PARALLAX, "journal", "export", "--json", str(self.journal)], capture_output=True,
                              text=True, timeout=LIMIT_S, check=False)
        if done.returncode != 0:
            raise Wrong(f"export ended with {done.returncode}: {done.stderr}")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        states = {line["key"]: {name: line[name] for name in line if name not in VARIABLE} for line in lines}
        if len(states) != len(lines):
            raise Wrong("export tells an item twice")
        return states

    def judge(self, reference, once=True):
        """Against an undisturbed trial: nothing lost, nothing else, and nothing twice if once is promised."""
        states, wanted = self.export(), reference.export()
        lost = [state for key, state in wanted.items() if key not in states]
        if lost or len(states) != self.batch.items:
            raise Wrong(f"{len(lost)} of {self.batch.items} items lost, {len(states)} there: {lost[:3]}")
        if states != wanted:
            raise Wrong(f"other states: {[(states[k], wanted[k]) for k in wanted if states[k] != wanted[k]][:2]}")
        counts = recorded(self.journal)
        if len(counts) != self.batch.items:
            raise Wrong(f"{len(counts)} keys in the segments, not {self.batch.items}")
        twice = sum(count > 1 for count in counts.values())
        if once and twice:
            raise Wrong(f"{twice} items are recorded twice")
        if self.output.read_bytes() != reference.output.read_bytes():
            raise Wrong("the output differs from that of an undisturbed run")

    def drop(self):
        shutil.rmtree(self.folder)


def undisturbed(batch, place, options=()):
    """The reference: one start, and how long it took."""
    trial = Trial(batch, place, options)
    begin = time.monotonic()
    code = trial.run()
    if code != batch.code:
        raise Wrong(f"an undisturbed run ended with {code}, not {batch.code}:\n{trial.lines()}")
    trial.seconds = time.monotonic() - begin
    trial.judge(trial)
    return trial


def write_items(path, count):
    """Lines of each kind: repeated ones, quotes, blanks, bytes above ASCII, one that fails and one that is long."""
    kinds = ["plain {}", "it's \"{}\"", "  two  blanks {}", "größe-{}", "$HOME `{}` *", "twice", "bad {}", "a\\{}"]
    lines = [kinds[k % len(kinds)].format(k) for k in range(count - 2)] + ["", "big"]
    Path(path).write_text("".join(f"{line}\n" for line in lines))
    return count
