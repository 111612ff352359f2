/* SPDX-License-Identifier: MIT */
/*
 * lines_fuzz.c: a text is cut into lines the same way in one go and in portions, all of it, and
 * nothing is written beyond the room that was told.
 *
 * The first byte is how many lines a portion has; the rest is the text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/lines.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Portions must add up to the text without its newlines, each line ending where the text's does. */
static void check_portions(plx_lines *lines, size_t want, const uint8_t *text, size_t size)
{
    const size_t room = want * lines->longest;
    char *items = malloc(room);
    size_t *at = malloc((want + 1) * sizeof *at), taken = 0, bytes = 0, from = 0, got;
    must((items != NULL || room == 0) && at != NULL);
    while ((got = plx_lines_take(lines, want, items, room, at)) > 0) {
        must(got == want || taken + got == lines->count);
        for (size_t i = 0; i < got; i++) {
            const size_t length = at[i + 1] - at[i];
            must(from + length <= size && memcmp(items + at[i], text + from, length) == 0);
            must(from + length == size || text[from + length] == '\n');
            must(memchr(items + at[i], '\n', length) == NULL);
            from += length + 1;
        }
        taken += got;
        bytes += at[got];
    }
    must(taken == lines->count && bytes == lines->bytes && from >= size);
    free(items);
    free(at);
}

/* The room may be too small for what is next: then less is taken, and nothing is skipped. */
static void check_small_room(plx_lines *lines, size_t want)
{
    const size_t room = lines->longest / 2;
    char *items = malloc(room);
    size_t *at = malloc((want + 1) * sizeof *at);
    must((items != NULL || room == 0) && at != NULL);
    lines->next = lines->text;
    const size_t got = plx_lines_take(lines, want, items, room, at);
    must(got <= want && at[got] <= room);
    must(lines->next == lines->text + at[got] + got || lines->next == lines->end);
    free(items);
    free(at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plx_lines lines;
    if (size == 0)
        return 0;
    const size_t want = 1 + data[0] % 9;
    plx_lines_begin(&lines, data + 1, size - 1);
    check_portions(&lines, want, data + 1, size - 1);
    check_small_room(&lines, want);
    return 0;
}
