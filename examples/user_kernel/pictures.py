#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Grey pictures for resize.c: make them, check what became of them, look at them.

    pictures.py make PICTURES.npy               1,000 pictures of 64 x 48: waves, discs, checks and noise
    pictures.py check PICTURES.npy SMALL.npy    are the small ones, 20 x 15, right? to the byte
    pictures.py sheet SMALL.npy SHEET.pgm       all of them on one sheet, 40 in a row
"""
import sys

import numpy

COUNT, WIDE, HIGH, TO_WIDE, TO_HIGH = 1000, 64, 48, 20, 15


def picture(number):
    """A picture of a kind and shape that follow from its number, in whole numbers."""
    y, x = numpy.mgrid[:HIGH, :WIDE]
    kind, size = number % 4, 3 + number // 4 % 23
    if kind == 0:
        grey = (x * size + y * (number % 17)) % 511
        return numpy.where(grey > 255, 510 - grey, grey)
    if kind == 1:
        far = (x - number % WIDE) ** 2 + (y - number // 7 % HIGH) ** 2
        return numpy.where(far < size * size, 255 - number % 200, number % 50)
    if kind == 2:
        return numpy.where((x // size + y // size) % 2 == 0, 240, number % 120)
    grey = (x // 3 * 7919 + y // 3 * 104729 + number * 1299709) * 2654435761 % 2 ** 32
    return (grey ^ grey >> 15) * 739982445 % 2 ** 32 >> 24


def make(path):
    numpy.save(path, numpy.array([picture(number) for number in range(COUNT)], dtype=numpy.uint8))


def shrink(all_pictures, axis, size, to):
    """Sums along an axis: each pixel becomes `to` equal ones, and `size` of those make a new one."""
    fine = numpy.repeat(all_pictures.astype(numpy.uint32), to, axis=axis)
    shape = fine.shape[:axis] + (to, size) + fine.shape[axis + 1:]
    return fine.reshape(shape).sum(axis=axis + 1, dtype=numpy.uint32)


def check(path, small_path):
    pictures = numpy.load(path)
    sums = shrink(shrink(pictures, 1, HIGH, TO_HIGH), 2, WIDE, TO_WIDE)     # columns, then rows
    want = (sums + WIDE * HIGH // 2) // (WIDE * HIGH)
    got = numpy.load(small_path).reshape(len(pictures), TO_HIGH, TO_WIDE)
    wrong = numpy.argwhere(got != want)
    if len(wrong):
        number, y, x = wrong[0]
        sys.exit(f"picture {number}, row {y}, column {x}: is {got[number, y, x]}, should be {want[number, y, x]}")
    print(f"{len(pictures)} pictures, every byte as it should be")


def sheet(small_path, path):
    small = numpy.load(small_path).reshape(-1, 40, TO_HIGH, TO_WIDE)
    grey = small.transpose(0, 2, 1, 3).reshape(-1, 40 * TO_WIDE)
    with open(path, "wb") as file:
        file.write(b"P5 %d %d 255\n" % (grey.shape[1], grey.shape[0]) + grey.tobytes())


def main():
    actions = {("make", 1): make, ("check", 2): check, ("sheet", 2): sheet}
    action = actions.get((sys.argv[1] if len(sys.argv) > 1 else "", len(sys.argv) - 2))
    if not action:
        sys.exit(__doc__.strip())
    action(*sys.argv[2:])


main()
