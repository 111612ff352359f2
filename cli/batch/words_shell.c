/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/words_shell.c: whether a hole of a --shell command stands in quotes.
 *
 * What is put in is quoted as '...', which is one word outside of quotes and runs as a command
 * inside of others: '{}' and "{}" would hand an item named $(rm x) to the shell. So a hole is taken
 * only where quotes mean what they say; who is wrong about a text is the one who asks to be refused.
 *
 * Source   POSIX.1-2017, Shell Command Language, 2.2, 2.3, 2.6.3 and 2.7.4
 */
#include <string.h>

#include "words_pieces.h"

enum { DEEPEST = 200 }; /* a quote in a substitution in a quote ...; beyond it every hole is refused */

typedef struct scan {
    const char *at;
    bool bad;       /* a hole that may not be there was seen */
    int depth;
} scan;

/* The number of an item needs no quotes and gets none. */
static bool is_hole(const char *at)
{
    return plx_words_hole(at) != PLX_WORDS_TEXT && plx_words_hole(at) != PLX_WORDS_NUMBER;
}

/* Up to the end and past it; \ escapes, but in '...'. Any hole on the way is one too many. */
static void take_closed(scan *s, const char *end, bool escapes)
{
    while (*s->at != '\0' && strncmp(s->at, end, strlen(end)) != 0) {
        s->bad |= is_hole(s->at);
        s->at += escapes && *s->at == '\\' && s->at[1] != '\0' ? 2 : 1;
    }
    s->at += *s->at == '\0' ? 0 : strlen(end);
}

static void take_plain(scan *s, char end);

/* A $, a ` or a \ and what belongs to it: it means the same in "..." and outside. True: taken. */
static bool take_special(scan *s)
{
    const char c = *s->at;
    if (c == '\\') {
        s->bad |= is_hole(s->at + 1);
        s->at += s->at[1] == '\0' ? 1 : 2;
    } else if (c == '`') {
        s->at++;
        take_closed(s, "`", true);
    } else if (strncmp(s->at, "$((", 3) == 0) {
        s->at += 3;
        take_closed(s, "))", true);
    } else if (strncmp(s->at, "$(", 2) == 0) {
        s->at += 2;
        take_plain(s, ')');
    } else {
        return false;
    }
    return true;
}

static void take_double(scan *s)
{
    while (*s->at != '\0' && *s->at != '"') {
        if (take_special(s))
            continue;
        s->bad |= is_hole(s->at);
        s->at++;
    }
    s->at += *s->at == '"';
}

static bool begins_word(const char *from, const char *at)
{
    return at == from || strchr(" \t\n;&|(", at[-1]) != NULL;
}

/* Here a hole is welcome, up to the lines of a here-document, where quotes are none. */
static void take_plain(scan *s, char end)
{
    const char *from = s->at;
    bool document = false;
    if (++s->depth > DEEPEST)
        document = true;
    while (*s->at != '\0' && (*s->at != end || end == '\0')) {
        const char c = *s->at;
        if (document && (c == '\n' || s->depth > DEEPEST))
            take_closed(s, "", false);
    }
    (void)from;
    s->depth--;
}
