/* SPDX-License-Identifier: MIT */
/*
 * cli/lines.h: items that differ in length, from a text file: one item a line.
 *
 * An item is a line without its newline; the last newline may be missing. An empty line is an empty
 * item, and any other byte, NUL and CR included, belongs to the item it stands in.
 */
#ifndef PLX_CLI_LINES_H
#define PLX_CLI_LINES_H

#include <stddef.h>

typedef struct plx_lines {
    const char *text, *end;         /* the whole, not copied */
    const char *next;               /* where the next line begins */
    size_t count, longest;          /* lines, and the bytes of the longest */
    size_t bytes;                   /* of all lines, without newlines */
} plx_lines;

/** Count the lines of a text; the next is the first. */
void plx_lines_begin(plx_lines *, const void *text, size_t size);

/**
 * Copy the next lines, up to want of them, one behind the other: at[0] = 0 and line i of those
 * taken is items[at[i]] up to at[i + 1]. Returns how many: fewer than want only if no more are left
 * or the next one does not fit into room bytes, as happens if somebody changes the file.
 */
size_t plx_lines_take(plx_lines *, size_t want, char *items, size_t room, size_t *at);

#endif
