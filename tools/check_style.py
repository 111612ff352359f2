#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The style limits a machine can see: check_style.py [ROOT] prints one line for each breach.

C files: at most 100 columns, no tabs, no trailing blanks, functions of at most 60 lines, an SPDX first
line; an example has at most 60 lines behind its opening comment. A function's length is counted from the
line of its name to its closing brace, which stands in column 0.
"""
import re
import sys
from pathlib import Path

COLUMNS, FUNCTION, EXAMPLE = 100, 60, 60
FOLDERS = "include core kernels serial omp pthread mpi sim compare journal cli examples bench tests".split()
WIDE_TABLES = ("include/plx/",)     # comments at the right of a struct's fields stay on their lines


def functions(lines):
    """(first line, name, length) of each function whose braces stand in column 0."""
    for number, line in enumerate(lines):
        if line != "{":
            continue
        start = number
        while start > 0 and lines[start - 1] and not lines[start - 1].rstrip().endswith((";", "}", "*/")) \
                and not lines[start - 1].startswith("#"):
            start -= 1
        end = next((k for k in range(number, len(lines)) if lines[k].startswith("}")), len(lines) - 1)
        name = re.search(r"(\w+)\s*\(", " ".join(lines[start:number]))
        yield start + 1, name.group(1) if name else "?", end - start + 1


def breaches_of(name, text):
    lines = text.split("\n")
    if "SPDX-License-Identifier: MIT" not in lines[0]:
        yield f"{name}:1: no SPDX line"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS and not name.startswith(WIDE_TABLES):
            yield f"{name}:{number}: {len(line)} columns, at most {COLUMNS}"
        if "\t" in line or line != line.rstrip():
            yield f"{name}:{number}: a tab or a trailing blank"
    if re.fullmatch(r"examples/[^/]*", name):
        length = text[text.find("\n */\n") + 5:].count("\n")
        if length > EXAMPLE:
            yield f"{name}: {length} lines behind the opening comment, at most {EXAMPLE}"
    for number, function, length in functions(lines):
        if length > FUNCTION:
            yield f"{name}:{number}: {function} has {length} lines, at most {FUNCTION}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    files = [path for folder in FOLDERS for kind in ("c", "h", "cpp")
             for path in sorted((root / folder).glob(f"**/*.{kind}"))]
    breaches = [line for path in files
                for line in breaches_of(str(path.relative_to(root)), path.read_text())]
    for line in breaches:
        print(line)
    print(f"{len(files)} files, {len(breaches)} breaches", file=sys.stderr)
    return 1 if breaches or not files else 0


if __name__ == "__main__":
    sys.exit(main())
