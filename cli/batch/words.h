/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/words.h: the COMMAND of --exec: split into words once, then filled in for each item.
 *
 * Splitting is POSIX quoting and nothing more: blanks, newlines, '...', "..." and \; no variables,
 * globs, operators or comments. Then, quoted or not, these are replaced, as GNU parallel does it:
 *
 *   {}      the item
 *   {.}     the item without its extension: a dot and all that follows it in the last part, which
 *           must be something ("a.b/c" and "c." have none; of ".x" nothing is left)
 *   {/}     its last part: what follows the last slash
 *   {//}    its folder, as dirname(1) says it
 *   {/.}    its last part without the extension
 *   {#}     its number, from 1
 *
 * What was put in is never split or quoted again; a COMMAND without any of these gets the item as
 * its last word.
 *
 * --shell: COMMAND is one text for `sh -c`; what is put in, but a number, is quoted for the shell
 * ('...'). In quotes, comments, `...` and $((...)), behind a \ or the line of a << that would not
 * hold, and an item could run as a command: there {} is refused.
 *
 * Source   POSIX.1-2017, Shell Command Language, 2.2; GNU parallel(1), replacement strings
 */
#ifndef PLX_CLI_BATCH_WORDS_H
#define PLX_CLI_BATCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLX_WORDS_MAX = 8 << 20 };       /* bytes: no system takes so long a command */

typedef struct plx_words plx_words;

/**
 * Read a command. NULL and why (a phrase that goes on after "--exec 'TEXT': not allowed; "): no
 * word, an empty first one, an open quote, a \ at the end; for --shell a {} in
 * quotes, or several lines that do not say where the item belongs. why is NULL: no memory.
 */
plx_words *plx_words_read(const char *command, bool shell, const char **why);
void plx_words_free(plx_words *);       /* NULL is fine */

/** The first word if nothing is put into it: what is run; else NULL. "sh" for --shell. */
const char *plx_words_program(const plx_words *);

/** The words of one item, ready for execve: one piece of memory, to be freed. */
typedef struct plx_filled {
    char **argv;
    size_t bytes;                       /* of all words with their NULs and pointers */
} plx_filled;

/**
 * number: from 1. An item with a NUL byte in it is cut there by every command: such are refused
 * where items are read.
 *
 * Errors   false, with errno: ENOMEM, or E2BIG (longer than PLX_WORDS_MAX); nothing is to be freed
 */
bool plx_words_fill(const plx_words *, const void *item, size_t size, uint64_t number,
                    plx_filled *);
void plx_filled_free(plx_filled *);

#endif
