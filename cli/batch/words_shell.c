/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/words_shell.c: whether a hole of a --shell command stands in quotes.
 *
 * What is put in is quoted as '...': outside of quotes that is one word, but "{}" and '{}' would
 * let the shell run what an item named $(rm x) says. So a hole may stand only where a quote begins
 * one; what this cannot follow counts as quoted.
 *
 * Source   POSIX.1-2017, Shell Command Language, 2.2, 2.3, 2.6.3, 2.6.4 and 2.7.4
 */
#include <string.h>

#include "words_pieces.h"

enum { DEEPEST = 100 };     /* substitutions in quotes in substitutions; none is written by hand */

typedef struct scan {
    const char *at;
    int depth;
    bool bad;               /* a hole was seen where none may be */
} scan;

/* The number of an item is digits alone: it needs no quotes and gets none. */
static bool is_hole(const char *at)
{
    const plx_words_kind k = plx_words_hole(at);
    return k != PLX_WORDS_TEXT && k != PLX_WORDS_NUMBER;
}

/* Up to the end and past it, or all that is left (""): any hole on the way is one too many. */
static void take_closed(scan *s, const char *end, bool escapes)
{
    const size_t length = strlen(end);
    while (*s->at != '\0' && (length == 0 || strncmp(s->at, end, length) != 0)) {
        s->bad |= is_hole(s->at);
        s->at += escapes && s->at[0] == '\\' && s->at[1] != '\0';
        s->bad |= is_hole(s->at);
        s->at++;
    }
    s->at += *s->at == '\0' ? 0 : length;
}

static void take_plain(scan *s, char end);

/* What means the same in "..." and outside of it: \ and substitutions. False: it is none. */
static bool take_special(scan *s)
{
    if (s->at[0] == '\\' && s->at[1] != '\0') {
        s->bad |= is_hole(s->at + 1);
        s->at += 2;
    } else if (s->at[0] == '`') {
        s->at++;
        take_closed(s, "`", true);
    } else if (strncmp(s->at, "$((", 3) == 0) {
        s->at += 3;
        take_closed(s, "))", false);
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

static bool begins_comment(const char *from, const char *at)
{
    return *at == '#' && (at == from || strchr(" \t\n;&|()", at[-1]) != NULL);
}

/* One thing outside of quotes. A here-document's lines are not told from those after it. */
static void take_one(scan *s, const char *from, bool *document)
{
    const char c = *s->at;
    if (c == '\n' && *document) {
        take_closed(s, "", false);
    } else if (begins_comment(from, s->at)) {
        take_closed(s, "\n", false);
        s->at -= s->at[-1] == '\n';     /* which a << waits for */
    } else if (!take_special(s)) {
        *document |= strncmp(s->at, "<<", 2) == 0;
        s->at++;
        if (c == '\'')
            take_closed(s, "'", false);
        else if (c == '"')
            take_double(s);
        else if (c == '(')
            take_plain(s, ')');
    }
}

static void take_plain(scan *s, char end)
{
    const char *from = s->at;
    bool document = false;
    if (++s->depth > DEEPEST)
        take_closed(s, "", false);
    while (*s->at != '\0' && *s->at != end)
        take_one(s, from, &document);
    s->at += *s->at != '\0';
    s->depth--;
}

bool plx_words_quoted(const char *command)
{
    scan s = { .at = command };
    take_plain(&s, '\0');
    return s.bad;
}
