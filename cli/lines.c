/* SPDX-License-Identifier: MIT */
/*
 * cli/lines.c: cutting a text at its newlines, by memchr.
 *
 * A cursor that never passes the text's end; what is written is measured against its room.
 */
#include "lines.h"

#include <string.h>

/* The line at the cursor, which must not stand at the end: its bytes, and where the next begins. */
static size_t measure(const plx_lines *lines, const char **next)
{
    const size_t left = (size_t)(lines->end - lines->next);
    const char *newline = memchr(lines->next, '\n', left);
    *next = newline != NULL ? newline + 1 : lines->end;
    return newline != NULL ? (size_t)(newline - lines->next) : left;
}

void plx_lines_begin(plx_lines *lines, const void *text, size_t size)
{
    *lines = (plx_lines){ .text = text, .end = (const char *)text + size, .next = text };
    for (const char *next; lines->next < lines->end; lines->next = next) {
        const size_t length = measure(lines, &next);
        lines->count++;
        lines->bytes += length;
        if (length > lines->longest)
            lines->longest = length;
    }
    lines->next = lines->text;
}

size_t plx_lines_take(plx_lines *lines, size_t want, char *items, size_t room, size_t *at)
{
    size_t taken = 0;
    at[0] = 0;
    for (const char *next; taken < want && lines->next < lines->end; lines->next = next) {
        const size_t length = measure(lines, &next);
        if (length > room - at[taken])
            break;
        memcpy(items + at[taken], lines->next, length);
        at[taken + 1] = at[taken] + length;
        taken++;
    }
    return taken;
}
