/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/words_fill.c: the words of one item: the pieces one after the other, holes filled.
 *
 * Two passes over the pieces, one that measures and one that writes: both go through the same put,
 * so they cannot disagree.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words_pieces.h"

const char *plx_words_program(const plx_words *words)
{
    const plx_words_piece *first = &words->pieces[0];
    return first->kind == PLX_WORDS_TEXT && first->ends ? words->text : NULL;
}

typedef struct span {
    const char *from;
    size_t size;
} span;

/* What follows the last slash. */
static span last_part(span s)
{
    size_t at = s.size;
    while (at > 0 && s.from[at - 1] != '/')
        at--;
    return (span){ s.from + at, s.size - at };
}

static span without_extension(span s)
{
    const span part = last_part(s);
    for (size_t i = part.size; i > 0; i--)
        if (part.from[i - 1] == '.')
            return i == part.size ? s : (span){ s.from, s.size - part.size + i - 1 };
    return s;
}

static size_t without_slashes(const char *from, size_t size)
{
    while (size > 1 && from[size - 1] == '/')
        size--;
    return size;
}

/* POSIX.1-2017, dirname(): slashes at the end do not count, "." where there is none. */
static span folder_of(span s)
{
    size_t size = without_slashes(s.from, s.size);
    if (size == 1 && s.from[0] == '/')
        return (span){ s.from, 1 };
    while (size > 0 && s.from[size - 1] != '/')
        size--;
    return size == 0 ? (span){ ".", 1 } : (span){ s.from, without_slashes(s.from, size) };
}

static span fill_hole(plx_words_kind k, span item, span number)
{
    switch (k) {
    case PLX_WORDS_STEM:
        return without_extension(item);
    case PLX_WORDS_LAST:
        return last_part(item);
    case PLX_WORDS_FOLDER:
        return folder_of(item);
    case PLX_WORDS_LAST_STEM:
        return without_extension(last_part(item));
    case PLX_WORDS_NUMBER:
        return number;
    default:
        return item;
    }
}

/* Both passes: the first has no place to write to. */
typedef struct sink {
    char *to;
    size_t used;
} sink;

static void put(sink *s, const char *bytes, size_t size)
{
    if (s->to != NULL)
        memcpy(s->to + s->used, bytes, size);
    s->used += size;
}

/* '...' in which a ' is closed, escaped and opened again. */
static void put_quoted(sink *s, span what)
{
    put(s, "'", 1);
    while (what.size > 0) {
        const char *quote = memchr(what.from, '\'', what.size);
        const size_t plain = quote != NULL ? (size_t)(quote - what.from) : what.size;
        put(s, what.from, plain);
        if (quote != NULL)
            put(s, "'\\''", 4);
        what.from += plain + (quote != NULL);
        what.size -= plain + (quote != NULL);
    }
    put(s, "'", 1);
}

/* All words, one behind the other; argv (may be NULL) gets where each begins. */
static void put_words(const plx_words *words, span item, span number, sink *s, char **argv)
{
    bool begins = true;
    for (const plx_words_piece *p = words->pieces; p < words->pieces + words->count; p++) {
        if (begins && argv != NULL)
            *argv++ = s->to + s->used;
        if (p->kind == PLX_WORDS_TEXT)
            put(s, words->text + p->at, p->size);
        else if (words->shell && p->kind != PLX_WORDS_NUMBER)
            put_quoted(s, fill_hole(p->kind, item, number));
        else {
            const span filled = fill_hole(p->kind, item, number);
            put(s, filled.from, filled.size);
        }
        if (p->ends)
            put(s, "", 1);
        begins = p->ends;
        if (s->used > PLX_WORDS_MAX)
            return;
    }
}

bool plx_words_fill(const plx_words *words, const void *item, size_t size, uint64_t number,
                    plx_filled *filled)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    const span it = { size > 0 ? item : "", size }, count = { digits, (size_t)length };
    const size_t pointers = (words->words + 1) * sizeof(char *);
    sink s = { 0 };
    *filled = (plx_filled){ 0 };
    put_words(words, it, count, &s, NULL);
    if (s.used > PLX_WORDS_MAX || pointers > PLX_WORDS_MAX) {
        errno = E2BIG;
        return false;
    }
    filled->argv = malloc(pointers + s.used);
    if (filled->argv == NULL)
        return false;
    filled->bytes = pointers + s.used;
    s = (sink){ .to = (char *)filled->argv + pointers };
    put_words(words, it, count, &s, filled->argv);
    filled->argv[words->words] = NULL;
    return true;
}

void plx_filled_free(plx_filled *filled)
{
    free(filled->argv);
    *filled = (plx_filled){ 0 };
}
