/* SPDX-License-Identifier: MIT */
/*
 * cli/equal.c: two files are read side by side, a piece of each at a time, until they differ or
 * both are at their end. What cannot be read is never taken for equal.
 */
#include "equal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int compare(FILE *one, FILE *two)
{
    char left[8192], right[sizeof left];
    size_t got;
    do {
        got = fread(left, 1, sizeof left, one);
        const size_t other = fread(right, 1, sizeof right, two);
        if (ferror(one) || ferror(two))
            return -1;
        if (got != other || memcmp(left, right, got) != 0)
            return 0;
    } while (got > 0);
    return 1;
}

int plx_equal_files(const char *path, const char *other)
{
    FILE *one = fopen(path, "rb"), *two = one != NULL ? fopen(other, "rb") : NULL;
    const int same = two != NULL ? compare(one, two) : -1, why = errno;
    if (one != NULL)
        fclose(one);
    if (two != NULL)
        fclose(two);
    errno = why;
    return same;
}
