/* SPDX-License-Identifier: MIT */
/*
 * cli/agree.c: what ranks know, told to all, through the public calls alone.
 *
 * Each is a small reduce over one item a rank: of findings that of the lowest rank with a fault; of
 * bytes a table, each rank's in its place. Every rank must come here, whatever it found.
 */
#define _XOPEN_SOURCE 600                   /* gethostname */
#include "agree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

/* One rank's finding; of several those of the lowest rank that has a fault. */
typedef struct finding {
    int32_t code, rank;
    uint64_t failed;                /* how many ranks have a fault */
    double longest_s;
    char host[64], line[PLX_CLI_HELD];
} finding;

/* Bytes of a rank's item, of all of a table, and from one rank's place in it to the next's. */
typedef struct layout {
    size_t item, all, step;
} layout;

static void take_item(const plx_block *block, void *acc)
{
    const layout *table = block->ctx;
    if (block->hi > block->lo)
        memcpy((char *)acc + block->lo * table->step, block->in, table->item);
}

static void join_findings(void *left, const void *right, const void *ctx)
{
    finding *mine = left;
    const finding *other = right;
    finding both = mine->code != 0 ? *mine : *other;
    (void)ctx;
    both.failed = mine->failed + other->failed;
    both.longest_s = mine->longest_s > other->longest_s ? mine->longest_s : other->longest_s;
    *mine = both;
}

/* All but one rank's are zero in each place. */
static void join_tables(void *left, const void *right, const void *ctx)
{
    unsigned char *mine = left;
    const unsigned char *other = right;
    const layout *table = ctx;
    for (size_t i = 0; i < table->all; i++)
        mine[i] |= other[i];
}

static plx_status reduce_ranks(plx_team *team, layout table, const void *mine, void *all,
                               void (*join)(void *, const void *, const void *))
{
    const plx_kernel kernel = {
        .size = sizeof kernel,
        .name = "agree",
        .about = "what ranks know, to all",
        .in_size = table.item,
        .acc_size = table.all,
        .ctx_size = sizeof table,
        .flags = PLX_EXACT,
        .item_ns = 1,
        .fold = take_item,
        .combine = join,
    };
    const plx_job job = {.kernel = &kernel,
                         .n = (size_t)plx_team_ranks(team),
                         .in = mine,
                         .out = all,
                         .ctx = &table,
                         .grain = 1,
                         .schedule = PLX_STATIC,
                         .where = PLX_LOCAL};
    plx_report report;
    return plx_reduce(team, &job, &report);
}

static int cannot_agree(plx_status status)
{
    return plx_cli_error(plx_status_exit(status), "the ranks cannot agree: %s",
                         plx_status_text(status));
}

int plx_cli_agree(plx_team *team, int code, const char *line, double *longest_s)
{
    plx_team_info info;
    finding mine = {.code = code, .failed = code != 0}, all = {0};
    plx_team_about(team, &info);
    mine.rank = info.rank;
    mine.longest_s = longest_s != NULL ? *longest_s : 0;
    if (code != 0)
        snprintf(mine.line, sizeof mine.line, "%s", line);
    if (info.hosts > 1 && gethostname(mine.host, sizeof mine.host - 1) != 0)
        mine.host[0] = '\0';
    const layout whole = {.item = sizeof mine, .all = sizeof all};
    plx_status status = reduce_ranks(team, whole, &mine, &all, join_findings);
    if (status != PLX_OK)
        return cannot_agree(status);
    if (longest_s != NULL)
        *longest_s = all.longest_s;
    if (all.code == 0)
        return 0;
    if (all.failed == (uint64_t)info.ranks)
        return plx_cli_error(all.code, "%s", all.line);
    char more[40] = "";
    if (all.failed > 1)
        snprintf(more, sizeof more, " (and %llu more)", (unsigned long long)all.failed - 1);
    return plx_cli_error(all.code, "rank %d%s%s%s: %s", all.rank, *all.host ? " on " : "",
                         all.host, more, all.line);
}

/* Each rank has room for all, or none begins. */
static plx_status join_bytes(plx_team *team, layout table, const void *mine, void *all)
{
    plx_status status = plx_agree(team, mine != NULL && all != NULL ? PLX_OK : PLX_NO_MEMORY);
    return status == PLX_OK ? reduce_ranks(team, table, mine, all, join_tables) : status;
}

int plx_cli_tell(plx_team *team, int from, void *bytes, size_t size)
{
    void *zeros = calloc(1, size), *all = calloc(1, size);
    const bool tells = plx_team_rank(team) == from;
    const layout whole = {.item = size, .all = size};
    plx_status status = join_bytes(team, whole, tells ? bytes : zeros, all);
    if (status == PLX_OK)
        memcpy(bytes, all, size);
    free(zeros);
    free(all);
    return status == PLX_OK ? 0 : cannot_agree(status);
}

int plx_cli_tell_all(plx_team *team, const void *mine, size_t size, void *all)
{
    const layout places = {.item = size, .all = size * (size_t)plx_team_ranks(team), .step = size};
    plx_status status = join_bytes(team, places, mine, all);
    return status == PLX_OK ? 0 : cannot_agree(status);
}
