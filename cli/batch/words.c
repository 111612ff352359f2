/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/words.c: a command read into pieces: runs of text, and holes that an item fills.
 *
 * Quotes are taken off first, in one pass; what they leave is then looked through for holes, word
 * by word, so that a hole never spans two words.
 */
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include "words_pieces.h"

static const char *const holes[PLX_WORDS_KINDS] = {
    [PLX_WORDS_ITEM] = "{}",   [PLX_WORDS_STEM] = "{.}",       [PLX_WORDS_LAST] = "{/}",
    [PLX_WORDS_FOLDER] = "{//}", [PLX_WORDS_LAST_STEM] = "{/.}", [PLX_WORDS_NUMBER] = "{#}",
};

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

plx_words_kind plx_words_hole(const char *text)
{
    for (plx_words_kind k = PLX_WORDS_ITEM; k < PLX_WORDS_KINDS; k++)
        if (strncmp(text, holes[k], strlen(holes[k])) == 0)
            return k;
    return PLX_WORDS_TEXT;
}

static void add(plx_words *words, plx_words_kind k, const char *from, size_t size)
{
    words->pieces[words->count++] =
        (plx_words_piece){ .kind = k, .at = (size_t)(from - words->text), .size = size };
}

/* The pieces of one word: there is at least one, empty as it may be. True: one is a hole. */
static bool cut_word(plx_words *words, const char *word)
{
    const char *from = word, *at = word;
    bool found = false;
    while (*at != '\0') {
        const plx_words_kind k = plx_words_hole(at);
        if (k == PLX_WORDS_TEXT) {
            at++;
            continue;
        }
        if (at > from)
            add(words, PLX_WORDS_TEXT, from, (size_t)(at - from));
        add(words, k, at, 0);
        at += strlen(holes[k]);
        from = at;
        found = true;
    }
    if (at > from || at == word)
        add(words, PLX_WORDS_TEXT, from, (size_t)(at - from));
    words->pieces[words->count - 1].ends = true;
    return found;
}

static void add_item_word(plx_words *words)
{
    add(words, PLX_WORDS_ITEM, words->text, 0);
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

static bool holes_hold(const char *command, const char **why)
{
    if (plx_words_quoted(command))
        *why = "what is put in is quoted: {} belongs outside of quotes and comments, "
               "not behind a \\";
    return !plx_words_quoted(command);
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
        return holes_hold(command, why);
    if (strchr(command, '\n') != NULL) {
        *why = "of several lines one must say where the item belongs: {}";
        return false;
    }
    plx_words_piece *last = &words->pieces[words->count - 1];
    last->ends = false;
    last->size = length + 1;
    memcpy(words->text + 6 + length, " {}", 4);
    if (!holes_hold(words->text + 6, why))
        return false;
    add(words, PLX_WORDS_ITEM, words->text, 0);
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
        *why = NULL;
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
