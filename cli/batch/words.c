/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/words.c: a command as a list of pieces: runs of text, and holes that an item fills.
 *
 * Quotes are taken off first, in one pass; the texts between them are then looked through for holes
 * word by word, so that a hole never spans two words. Filling is two passes over the pieces, one
 * that measures and one that writes: both go through the same put, so they cannot disagree.
 */
#define _POSIX_C_SOURCE 200809L             /* strdup */
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { TEXT, ITEM, STEM, LAST, FOLDER, LAST_STEM, NUMBER, KINDS } kind;

static const char *const holes[KINDS] = {
    [ITEM] = "{}", [STEM] = "{.}", [LAST] = "{/}", [FOLDER] = "{//}", [LAST_STEM] = "{/.}",
    [NUMBER] = "{#}"
};

typedef struct piece {
    kind kind;
    size_t at, size;                        /* TEXT: of the words' text */
    bool ends;                              /* it is the last of its word */
} piece;

struct plx_words {
    char *text;                             /* the words without quotes, each with its NUL */
    size_t used;
    piece *pieces;
    size_t count, words;
    bool shell;
};

/* ---- reading ---- */

/* In "..." a \ is for these alone; before all others it is a byte like them. */
static bool escapes_in_quotes(char c)
{
    return c != '\0' && strchr("$`\"\\\n", c) != NULL;
}

/* A quoted run up to its end; NULL: it has none. */
static const char *take_quoted(plx_words *words, const char *from, char quote)
{
    for (; *from != quote; from++) {
        if (*from == '\0')
            return NULL;
        if (quote == '"' && *from == '\\' && escapes_in_quotes(from[1]) && *++from == '\n')
            continue;
        words->text[words->used++] = *from;
    }
    return from + 1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* A \ and a newline are nothing at all: where a word would begin, too. */
static const char *skip_blanks(const char *from)
{
    while (is_blank(*from) || (from[0] == '\\' && from[1] == '\n'))
        from += *from == '\\' ? 2 : 1;
    return from;
}

/* One word, which is there; NULL and why. */
static const char *take_word(plx_words *words, const char *from, const char **why)
{
    while (*from != '\0' && !is_blank(*from)) {
        const char c = *from++;
        if (c == '\'' || c == '"') {
            from = take_quoted(words, from, c);
            if (from == NULL) {
                *why = c == '"' ? "a \" is not closed" : "a ' is not closed";
                return NULL;
            }
        } else if (c != '\\') {
            words->text[words->used++] = c;
        } else if (*from == '\0') {
            *why = "a \\ at the end quotes nothing";
            return NULL;
        } else if (*from++ != '\n') {
            words->text[words->used++] = from[-1];
        }
    }
    words->text[words->used++] = '\0';
    return from;
}

static bool split(plx_words *words, const char *from, const char **why)
{
    for (from = skip_blanks(from); *from != '\0'; from = skip_blanks(from)) {
        from = take_word(words, from, why);
        if (from == NULL)
            return false;
        words->words++;
    }
    if (words->words == 0)
        *why = "it has no word";
    else if (words->text[0] == '\0')
        *why = "its first word is empty";
    else
        return true;
    return false;
}

/* ---- pieces ---- */

static kind hole_at(const char *text)
{
    for (kind k = ITEM; k < KINDS; k++)
        if (strncmp(text, holes[k], strlen(holes[k])) == 0)
            return k;
    return TEXT;
}

static void add(plx_words *words, kind k, const char *from, size_t size)
{
    words->pieces[words->count++] =
        (piece){ .kind = k, .at = (size_t)(from - words->text), .size = size };
}

/* The pieces of one word: there is at least one, empty as it may be. True: one is a hole. */
static bool cut_word(plx_words *words, const char *word)
{
    const char *from = word, *at = word;
    bool found = false;
    while (*at != '\0') {
        const kind k = hole_at(at);
        if (k == TEXT) {
            at++;
            continue;
        }
        if (at > from)
            add(words, TEXT, from, (size_t)(at - from));
        add(words, k, at, 0);
        at += strlen(holes[k]);
        from = at;
        found = true;
    }
    if (at > from || at == word)
        add(words, TEXT, from, (size_t)(at - from));
    words->pieces[words->count - 1].ends = true;
    return found;
}

static void add_item_word(plx_words *words)
{
    add(words, ITEM, words->text, 0);
    words->pieces[words->count - 1].ends = true;
    words->words++;
}

static bool read_words(plx_words *words, const char *command, const char **why)
{
    bool found = false;
    if (!split(words, command, why))
        return false;
    for (size_t at = 0; at < words->used; at += strlen(words->text + at) + 1)
        found |= cut_word(words, words->text + at);
    if (!found)
        add_item_word(words);
    return true;
}

/* sh, -c and the text. An item at the end of several lines would be a command of its own. */
static bool read_shell(plx_words *words, const char *command, const char **why)
{
    const size_t length = strlen(command);
    if (*skip_blanks(command) == '\0') {
        *why = "it has no word";
        return false;
    }
    memcpy(words->text, "sh\0-c", 6);
    words->used = 6 + length + 2;
    words->words = 3;
    memcpy(words->text + 6, command, length + 1);
    cut_word(words, words->text);
    cut_word(words, words->text + 3);
    if (cut_word(words, words->text + 6))
        return true;
    if (strchr(command, '\n') != NULL) {
        *why = "of several lines one must say where the item belongs: {}";
        return false;
    }
    piece *last = &words->pieces[words->count - 1];
    last->ends = false;
    last->size = length + 1;
    words->text[6 + length] = ' ';
    add(words, ITEM, words->text, 0);
    words->pieces[words->count - 1].ends = true;
    return true;
}

/* A piece is at least a byte of the command, the NUL that ends a word, or one of those added. */
static bool make_room(plx_words *words, size_t length)
{
    words->text = calloc(1, length + 16);
    words->pieces = calloc(length + 8, sizeof *words->pieces);
    return words->text != NULL && words->pieces != NULL;
}

plx_words *plx_words_read(const char *command, bool shell, const char **why)
{
    plx_words *words = calloc(1, sizeof *words);
    if (words == NULL || !make_room(words, strlen(command))) {
        *why = "there is no memory for it";
    } else {
        words->shell = shell;
        if (shell ? read_shell(words, command, why) : read_words(words, command, why))
            return words;
    }
    plx_words_free(words);
    return NULL;
}

void plx_words_free(plx_words *words)
{
    if (words == NULL)
        return;
    free(words->text);
    free(words->pieces);
    free(words);
}

const char *plx_words_program(const plx_words *words)
{
    const piece *first = &words->pieces[0];
    return first->kind == TEXT && first->ends ? words->text : NULL;
}

/* ---- filling ---- */

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

static span fill_hole(kind k, span item, span number)
{
    switch (k) {
    case STEM:
        return without_extension(item);
    case LAST:
        return last_part(item);
    case FOLDER:
        return folder_of(item);
    case LAST_STEM:
        return without_extension(last_part(item));
    case NUMBER:
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
    for (const piece *p = words->pieces; p < words->pieces + words->count; p++) {
        if (begins && argv != NULL)
            *argv++ = s->to + s->used;
        if (p->kind == TEXT)
            put(s, words->text + p->at, p->size);
        else if (words->shell)
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
