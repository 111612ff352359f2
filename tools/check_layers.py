#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who may include and name what: the tree is the architecture, and this is its test.

check_layers.py [ROOT [FILE ...]] reads every C file of the tree (or those named, from ROOT) with comments and strings
taken out and prints one line for each breach. The rules are the table RULES; tests/layers plants a breach of each kind.
"""
import os
import re
import sys
from pathlib import Path

LIBC = {f"{name}.h" for name in (
    "assert ctype errno float inttypes limits locale math setjmp signal stdalign stdarg stdatomic stdbool "
    "stddef stdint stdio stdlib stdnoreturn string tgmath time wchar "                         # C11
    "dirent dlfcn elf fcntl fnmatch getopt glob link poll sched spawn strings termios unistd").split()}  # POSIX
LIBC_DIRS = ("sys/",)
PURE = {f"{name}.h" for name in "float inttypes limits math stdalign stdbool stddef stdint string".split()}
PURE_KERNEL = PURE | {"stdlib.h", "time.h", "errno.h"}          # prepare() allocates, wait sleeps

MPI, OMP, THREAD = r"P?MPI_\w+", r"omp_\w+", r"pthread_\w+|thrd_\w+|mtx_\w+|cnd_\w+"
PRAGMA_OMP = r"#\s*pragma\s+omp\b"
LOOPS = rf"\s*{PRAGMA_OMP}.*\b(for|taskloop|sections?|loop)\b"

# folder: quoted or bracketed headers allowed besides libc's, the libc headers (None: all), and
# identifiers that must not occur.
RULES = {
    "include/plx": (["plx/"], PURE, [MPI, OMP, THREAD]),
    "kernels": (["plx/kernel.h", "plx/kernels.h", "plx/philox.h", "kernels/"], PURE_KERNEL, [MPI, OMP, THREAD]),
    "core": (["plx/", "core/", "xxhash.h"], None, [MPI, OMP, THREAD]),
    "serial": (["plx/", "core/", "serial/"], None, [MPI, OMP, THREAD]),
    "omp": (["plx/", "core/", "omp/", "omp.h"], None, [MPI, THREAD]),
    "pthread": (["plx/", "core/", "pthread/", "pthread.h", "semaphore.h"], None, [MPI, OMP]),
    "mpi": (["plx/", "core/", "mpi/", "mpi.h"], None, [OMP, THREAD]),
    "sim": (["plx/", "core/", "smpi/smpi.h"], None, [MPI, OMP, THREAD]),
    "compare": (["plx/", "compare/", "jansson.h", "xxhash.h", "hwloc.h", "hwloc/"],
                None, [MPI, OMP, THREAD]),
    "journal": (["plx/status.h", "journal/", "xxhash.h", "pthread.h"], None, [MPI, OMP]),
    "cli": (["plx/", "cli/", "journal/journal.h", "compare/compare.h", "compare/self_test.h", "compare/advise/advise.h",
             "compare/laws/laws.h", "compare/report/show.h", "compare/sweep/metg.h", "compare/sweep/sweep.h",
             "jansson.h", "xxhash.h", "hwloc.h", "hwloc/"],
            None, [MPI, OMP, THREAD]),
    "examples": (["plx/"], None, [OMP, THREAD]),
}
# Files that may include and name more than their folder; nothing else may.
EXTRA = {
    "include/plx/on_comm.h": (["mpi.h"], [MPI]),
    "cli/doctor/look_net.c": (["ifaddrs.h", "net/if.h", "netinet/in.h"], []),
    "cli/picture.c": (["png.h"], []),
    "examples/counter.c": (["pthread.h"], [THREAD]),            # what goes wrong with threads of one's own
    "examples/lock_order.c": (["pthread.h"], [THREAD]),
    "examples/queue_threads.c": (["pthread.h"], [THREAD]),
    "examples/fetch.c": (["curl/curl.h"], []),
    "mpi/fit.c": (["xxhash.h"], []),
    "cli/new.c": (["template.inc"], []),                        # cli/template.c as numbers
    "kernels/file_digest.c": (["xxhash.h", "fcntl.h", "stdio.h", "sys/stat.h", "unistd.h"], []),
    "kernels/sieve.c": (["unistd.h"], []),                       # sysconf() tells the sizes of caches
}
MODELS = ["serial", "omp", "pthread", "mpi"]
PATTERNS = ["map.c", "reduce.c", "fan.c", "pipeline.c", "scan.c", "divide.c", "queue.c", "task.c"]


def code_of(text):
    """Its lines, with comments and the insides of strings blanked, so that lines keep their numbers."""
    def blank(match):
        found = match.group(0)
        if not found.startswith("/") and is_include(text, match.start()):
            return found
        return re.sub(r"[^\n]", " ", found)
    # A continued line is joined to the next, which stays as an empty one: a pragma may run over several.
    text = re.sub(r"(?:[^\n]*\\\n)+[^\n]*", lambda m: m.group(0).replace("\\\n", " ") +
                  "\n" * m.group(0).count("\n"), text)
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S).split("\n")


def is_include(text, at):
    """True if a quote at this place opens the name of an included header."""
    start = text.rfind("\n", 0, at) + 1
    return re.match(r"\s*#\s*include\s*$", text[start:at]) is not None


def may_include(header, folder, allowed, libc):
    if any(header == entry or (entry.endswith("/") and header.startswith(entry)) for entry in allowed):
        return True
    if libc is None:
        return header in LIBC or header.startswith(LIBC_DIRS)
    return header in libc


def resolve(header, path, root, quoted):
    """A quoted header beside the file, or one told by dots, is named by its place in the tree."""
    if quoted and (header.startswith(".") or (path.parent / header).is_file()):
        return os.path.relpath(os.path.normpath(path.parent / header), root)
    return header


def breaches_of(path, root, folder):
    name = str(path.relative_to(root))
    allowed, libc, banned = RULES[folder]
    more, unbanned = EXTRA.get(name, ([], []))
    allowed = allowed + more
    banned = [pattern for pattern in banned if pattern not in unbanned]
    banned = banned + ["_Pragma"] + ([PRAGMA_OMP] if folder != "omp" else [])
    for number, line in enumerate(code_of(path.read_text()), 1):
        where = f"{name}:{number}"
        include = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>|(.*))', line)
        if include:
            header = include.group(1) or include.group(2)
            header = resolve(header, path, root, include.group(1)) if header else "what is not a name"
            if not may_include(header, folder, allowed, libc):
                yield f"{where}: {folder}/ may not include {header}"
            continue
        for pattern in banned:
            found = re.search(rf"(?<!\w)(?:{pattern})", line)
            if found:
                yield f"{where}: {folder}/ may not use {found.group(0).strip()}"
        if folder == "omp" and re.match(LOOPS, line):
            yield f"{where}: omp/ spreads work by tasks, not by '{line.strip()}'"


def shape_breaches(root):
    """The folders of the models show the same patterns, and omp/ really spreads by tasks."""
    for model in MODELS:
        for pattern in PATTERNS:
            if not (root / model / pattern).is_file():
                yield f"{model}/{pattern}: missing; every model has every pattern under the same name"
    tasks = [path for path in sorted((root / "omp").glob("*.c"))
             if any(re.search(r"#\s*pragma\s+omp\b.*\btask\b", line) for line in code_of(path.read_text()))]
    if not tasks:
        yield "omp/: no '#pragma omp task' anywhere"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    breaches, files, named = [], 0, {root / name for name in sys.argv[2:]}
    for folder in RULES:
        for path in sorted(root.glob(f"{folder}/**/*.[ch]")):
            if named and path not in named:
                continue
            files += 1
            breaches += breaches_of(path, root, folder)
    breaches += shape_breaches(root)
    if not files:
        breaches.append(f"{root}: no C files here")
    for line in breaches:
        print(line)
    print(f"{files} files, {len(breaches)} breaches", file=sys.stderr)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
