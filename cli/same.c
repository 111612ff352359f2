/* SPDX-License-Identifier: MIT */
/*
 * cli/same.c: were all ranks started with the same arguments? Which processes are they?
 *
 * `mpirun -n 1 A : -n 2 B` starts ranks with command lines of their own, and each reads its own.
 * What must be equal is digested option by option and told to all, so that every rank
 * refuses alike and the line can name ranks and options.
 */
#define _XOPEN_SOURCE 600                   /* gethostname */
#include "same.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "agree.h"
#include "error.h"
#include "watch.h"

enum { NAMED = 8 };                         /* ranks in the line */

/* What is compared on this rank. */
typedef struct table {
    const plx_cli_same_row *rows;
    size_t count;                           /* then one more: the parameters */
} table;

/* A rank, as the others see it. */
typedef struct card {
    uint64_t host;
    int64_t pid;
    uint32_t digest[PLX_CLI_SAME_MAX + 1];
} card;

static uint64_t digest_text(const char *text, uint64_t seed)
{
    return text == NULL ? seed : XXH64(text, strlen(text) + 1, seed);
}

static card card_of(const table *all, const void *ask, const plx_cli_texts *given)
{
    card mine;
    char host[256] = "";
    memset(&mine, 0, sizeof mine);
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    mine.host = digest_text(host, 0);
    mine.pid = getpid();
    for (size_t i = 0; i < all->count; i++) {
        const plx_cli_same_row *row = &all->rows[i];
        const char *field = (const char *)ask + row->offset, *text;
        memcpy(&text, field, sizeof text);
        mine.digest[i] =
            (uint32_t)(row->size != 0 ? XXH64(field, row->size, 0) : digest_text(text, 0));
    }
    uint64_t params = given->count;
    for (size_t i = 0; i < given->count; i++)
        params = digest_text(given->text[i], params);
    mine.digest[all->count] = (uint32_t)params;
    return mine;
}

static void add_word(char *text, size_t size, const char *between, const char *word)
{
    size_t at = strlen(text);
    snprintf(text + at, size - at, "%s%s", at > 0 ? between : "", word);
}

static bool is_other(const card *all, int rank)
{
    return memcmp(all[0].digest, all[rank].digest, sizeof all->digest) != 0;
}

/* "1", "1 and 2", "1, 2 and 5", "1, 2, 3, 4, 5, 6, 7, 8 and 12 more" */
static void name_ranks(const card *all, int ranks, int others, char text[120])
{
    char word[20];
    int named = 0;
    text[0] = '\0';
    for (int r = 1; r < ranks && named < NAMED; r++) {
        if (!is_other(all, r))
            continue;
        snprintf(word, sizeof word, "%d", r);
        add_word(text, 120, ++named == others ? " and " : ", ", word);
    }
    snprintf(word, sizeof word, "%d more", others - named);
    if (others > named)
        add_word(text, 120, " and ", word);
}

static void name_options(const table *told, const card *all, int ranks, char text[300])
{
    text[0] = '\0';
    for (size_t i = 0; i <= told->count; i++) {
        int r = 1;
        while (r < ranks && all[r].digest[i] == all[0].digest[i])
            r++;
        if (r < ranks)
            add_word(text, 300, ", ", i == told->count ? "-P" : told->rows[i].option);
    }
}

static int compare_arguments(const table *told, const card *all, int ranks)
{
    int others = 0;
    for (int r = 1; r < ranks; r++)
        others += is_other(all, r);
    if (others == 0)
        return 0;
    char who[120], what[300];
    name_ranks(all, ranks, others, who);
    name_options(told, all, ranks, what);
    return plx_cli_error(plx_status_exit(PLX_MISMATCH),
                         "rank%s %s %s started with other arguments than rank 0: %s",
                         others == 1 ? "" : "s", who, others == 1 ? "was" : "were", what);
}

static void watch_host(const card *all, int ranks, uint64_t host)
{
    plx_cli_peer *peers = calloc((size_t)ranks, sizeof *peers);
    size_t n = 0;
    for (int r = 0; peers != NULL && r < ranks; r++)
        if (all[r].host == host)
            peers[n++] = (plx_cli_peer){r, (pid_t)all[r].pid};
    if (peers != NULL)
        plx_cli_watch_begin(peers, n);
    free(peers);
}

int plx_cli_same(plx_team *team, const plx_cli_same_row *rows, size_t count, const void *ask,
                 const plx_cli_texts *params)
{
    const int ranks = plx_team_ranks(team);
    if (ranks == 1)
        return 0;
    const table told = { rows, count };
    card mine = card_of(&told, ask, params), *all = calloc((size_t)ranks, sizeof *all);
    int code = plx_cli_tell_all(team, &mine, sizeof mine, all);
    if (code == 0)
        code = compare_arguments(&told, all, ranks);
    if (code == 0)
        watch_host(all, ranks, mine.host);
    free(all);
    return code;
}
