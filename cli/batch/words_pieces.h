/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/words_pieces.h: what a command is once it is read, between words.c, which reads it,
 * words_shell.c, which looks at its quotes, and words_fill.c.
 *
 * Each word is one piece or more, in order, the last of which ends it.
 */
#ifndef PLX_CLI_BATCH_WORDS_PIECES_H
#define PLX_CLI_BATCH_WORDS_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "words.h"

/** Text, or what a hole is filled with: {} {.} {/} {//} {/.} {#}. */
typedef enum plx_words_kind {
    PLX_WORDS_TEXT, PLX_WORDS_ITEM, PLX_WORDS_STEM, PLX_WORDS_LAST, PLX_WORDS_FOLDER,
    PLX_WORDS_LAST_STEM, PLX_WORDS_NUMBER, PLX_WORDS_KINDS
} plx_words_kind;

typedef struct plx_words_piece {
    plx_words_kind kind;
    size_t at, size;                        /* of the words' text; of a text only */
    bool ends;                              /* it is the last of its word */
} plx_words_piece;

struct plx_words {
    char *text;                             /* the words without quotes, each with its NUL */
    size_t used;
    plx_words_piece *pieces;
    size_t count, words;
    bool shell;
};

/** The hole that begins there; PLX_WORDS_TEXT: none. */
plx_words_kind plx_words_hole(const char *text);

/** Does a hole of this shell command, other than {#}, stand where quoting it does not hold? */
bool plx_words_quoted(const char *command);

#endif
