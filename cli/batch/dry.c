/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/dry.c: --dry-run: what would be run, after a look at the journal, and nothing is.
 *
 * A command's words are quoted so that a shell would take them as they are; of a kernel the items'
 * numbers stand there. Nothing is created and nobody becomes the journal's owner.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "batch.h"

static void print_quoted(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, stdout);
        return;
    }
    putchar('\'');
    for (; *word != '\0'; word++)
        if (*word == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*word);
    putchar('\'');
}

static int print_command(const plx_batch_ask *ask, const plx_batch_head *head, const void *item)
{
    plx_filled filled;
    if (!plx_words_fill(ask->words, item, (size_t)head->size, head->index + 1, &filled))
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for a command");
    for (char **word = filled.argv; *word != NULL; word++) {
        if (word > filled.argv)
            putchar(' ');
        print_quoted(*word);
    }
    putchar('\n');
    plx_filled_free(&filled);
    return 0;
}

static int print_items(plx_batch_run *run)
{
    const void *item;
    plx_batch_head head;
    int code = 0;
    while (code == 0 && plx_batch_stream_next(run, &item, &head)) {
        if (run->ask->command != NULL)
            code = print_command(run->ask, &head, item);
        else
            printf("%s %llu\n", run->ask->kernel->name, (unsigned long long)head.index);
    }
    return code != 0 ? code : run->items_code;
}

int plx_batch_dry(plx_batch_ask *ask)
{
    plx_batch_run *run = calloc(1, sizeof *run);
    const plx_items_how how = plx_batch_items_how(ask);
    if (run == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    run->ask = ask;
    run->root = true;
    int code = plx_items_open(&run->items, &how);
    if (code == 0 && ask->journal != NULL)
        code = plx_batch_journal_read(run);
    if (code == 0)
        code = print_items(run);
    plx_keys_close(run->keys);
    plx_items_close(run->items);
    free(run);
    return code == 0 ? plx_cli_flush(0) : code;
}
