/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/finish.c: what a batch came to: the counts of all ranks, -o, what is said, and the exit
 * code, which is rank 0's on all.
 *
 * A fault of the journal or the call comes before items that are left, and these before items that
 * failed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../agree.h"
#include "../error.h"
#include "../signals.h"
#include "../watch.h"
#include "batch.h"
#include "merge.h"

static void add(plx_batch_counts *sum, const plx_batch_counts *rank)
{
    sum->ok += rank->ok;
    sum->failed += rank->failed;
    sum->fallback += rank->fallback;
    sum->entries += rank->entries;
    sum->segments += rank->segments;
    sum->lost += rank->lost;
    if (rank->sync_median_s > sum->sync_median_s)
        sum->sync_median_s = rank->sync_median_s;
    if (rank->sync_p99_s > sum->sync_p99_s)
        sum->sync_p99_s = rank->sync_p99_s;
}

int plx_batch_counts_all(plx_batch_run *run)
{
    const size_t ranks = (size_t)plx_team_ranks(run->team);
    plx_batch_counts *all = calloc(ranks, sizeof *all), mine = run->counts;
    mine.ok = atomic_load(&run->ok);
    mine.failed = atomic_load(&run->failed);
    mine.fallback = atomic_load(&run->fallen);
    mine.lost = atomic_load(&run->lost);
    int code = 0;
    if (ranks > 1)
        code = plx_cli_tell_all(run->team, &mine, sizeof mine, all);
    else if (all != NULL)
        *all = mine;
    else
        code = plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    run->counts = (plx_batch_counts){ .sync_median_s = -1, .sync_p99_s = -1 };
    for (size_t r = 0; code == 0 && r < ranks; r++)
        add(&run->counts, &all[r]);
    free(all);
    return code;
}

/* -o, and the digest of all results, once each item has a final state. */
static int merge(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    plx_keys_close(run->keys); /* its own has as many */
    run->keys = NULL;
    if (ask->journal == NULL || (ask->command != NULL && ask->output == NULL) ||
        plx_batch_left(run) != 0)
        return 0;
    return plx_merge_output(ask, run->items, ask->journal, run->plan.n, &run->digest, &run->merged);
}

/* Why the call ended as it did, unless items alone say so. */
static int call_code(const plx_batch_run *run)
{
    const char *why = run->report.why;
    if (run->items_code != 0)
        return run->items_code;
    if (run->status == PLX_OK || run->status == PLX_ITEM_FAILED || run->status == PLX_STOPPED)
        return 0;
    return plx_cli_error(plx_status_exit(run->status), "batch: %s",
                         why[0] != '\0' ? why : plx_status_text(run->status));
}

static int say_left(const plx_batch_run *run, int left_code)
{
    char left[40] = "more";
    if (plx_batch_left(run) != UINT64_MAX)
        snprintf(left, sizeof left, "%llu", (unsigned long long)plx_batch_left(run));
    if (run->counts.lost > 0)
        return plx_cli_error(left_code,
                             "batch: its helper process is gone (signal 9 is most often memory), "
                             "so %s items are left; run it again",
                             left);
    return plx_cli_error(left_code, "batch: stopped by %s: %llu done, %llu failed, %s left; %s",
                         plx_batch_stopper(run),
                         (unsigned long long)(run->counts.ok + run->counts.fallback),
                         (unsigned long long)run->counts.failed, left,
                         run->ask->journal != NULL ? "the same command line goes on"
                                                   : "without --journal nothing is recorded");
}

/* A journal that is damaged while the batch runs. */
static int say_lost(const plx_batch_run *run)
{
    return plx_cli_error(plx_status_exit(PLX_STOPPED),
                         "-o '%s': not written: the journal has lost items that had ended; the "
                         "same command line runs them again",
                         run->ask->output);
}

static int say_failed(const plx_batch_run *run)
{
    const uint64_t failed = run->counts.failed + run->before_failed;
    if (run->counts.failed == 0)
        return plx_cli_error(1, "batch: %llu item%s failed before; --resume failed runs %s again",
                             (unsigned long long)failed, failed == 1 ? "" : "s",
                             failed == 1 ? "it" : "them");
    if (run->failures_n == 0)
        return plx_cli_error(1, "batch: %llu failed", (unsigned long long)failed);
    return plx_cli_error(1, "item %zu failed: %s%s", run->failures[0].item, run->failures[0].why,
                         failed > 1 ? " (and more)" : "");
}

/* Rank 0 prints last of all; its exit code is that of all. */
static int tell(plx_batch_run *run, int code)
{
    const bool limited = run->ask->max_fails > 0 && run->counts.failed >= run->ask->max_fails;
    int printed = 0;
    if (run->ask->json)
        printed = plx_batch_json(run);
    else
        plx_batch_tell(run);
    printed = plx_cli_flush(printed);
    if (code != 0)
        return run->line[0] != '\0' ? plx_cli_error(code, "%s", run->line) : code;
    if (printed != 0)
        return printed;
    if (plx_batch_left(run) != 0)
        return say_left(run, limited ? 1 : plx_status_exit(PLX_STOPPED));
    if (plx_batch_left(run) == 0 && run->ask->output != NULL && !run->merged)
        return say_lost(run);
    return run->counts.failed + run->before_failed > 0 ? say_failed(run) : 0;
}

/* Faults are told behind the summary, the first of them. */
static int conclude(plx_batch_run *run)
{
    if (run->closed == 0)
        plx_cli_error_hold(run->line, sizeof run->line);
    const int shown = plx_batch_show_close(run), called = call_code(run);
    int code = run->closed != 0 ? run->closed : called != 0 ? called : shown;
    if (code == 0)
        code = merge(run);
    plx_cli_error_hold(NULL, 0);
    plx_owner_give(run->owner);
    plx_cli_watch_end();
    return tell(run, code);
}

int plx_batch_finish(plx_batch_run *run)
{
    int32_t all = run->root ? conclude(run) : 0;
    if (plx_team_ranks(run->team) > 1 && plx_cli_tell(run->team, 0, &all, sizeof all) != 0)
        return all;
    plx_cli_watch_end();
    plx_cli_signals_told();
    return all;
}
