/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/tell.c: what a batch came to, for people: on stdout, or on stderr where commands had
 * stdout.
 */
#include <stdio.h>

#include "../error.h"
#include "../signals.h"
#include "batch.h"

const char *plx_batch_stopper(const plx_batch_run *run)
{
    const char *name = plx_cli_signals_name();
    if (name == NULL && plx_batch_left(run) == 0)
        return NULL;
    return name != NULL ? name : "another rank";
}

/* Only who went through the list knows how much of it was recorded before. */
uint64_t plx_batch_left(const plx_batch_run *run)
{
    const plx_batch_counts *counts = &run->counts;
    const uint64_t ended = run->before + counts->ok + counts->failed + counts->fallback;
    const bool counted = run->items != NULL && plx_items_count(run->items) != PLX_ITEMS_ALL;
    if (!run->listed && (!counted || run->resumed))
        return UINT64_MAX;
    return run->plan.n > ended ? run->plan.n - ended : 0;
}

static void print_title(const plx_batch_run *run, FILE *to)
{
    const plx_batch_ask *ask = run->ask;
    plx_team_info info;
    plx_team_about(run->team, &info);
    fprintf(to, "batch %s under %s: ", ask->command != NULL ? "of commands" : ask->kernel->name,
            ask->model.name);
    if (ask->across)
        fprintf(to, "%d rank%s x %d thread%s\n\n", info.ranks, info.ranks == 1 ? "" : "s",
                info.threads, info.threads == 1 ? "" : "s");
    else
        fprintf(to, "%d worker%s\n\n", info.workers, info.workers == 1 ? "" : "s");
}

static void print_items(const plx_batch_run *run, FILE *to)
{
    const plx_batch_counts *counts = &run->counts;
    fprintf(to, "%-14s %llu ok, %llu failed, %llu fallback", "items",
            (unsigned long long)counts->ok, (unsigned long long)counts->failed,
            (unsigned long long)counts->fallback);
    if (run->ask->journal != NULL)
        fprintf(to, ", %llu before", (unsigned long long)run->before);
    if (run->before_failed > 0)
        fprintf(to, " (%llu failed)", (unsigned long long)run->before_failed);
    if (plx_batch_left(run) == UINT64_MAX)
        fputs(", more not run\n", to);
    else
        fprintf(to, ", %llu not run\n", (unsigned long long)plx_batch_left(run));
}

static void print_failures(const plx_batch_run *run, FILE *to)
{
    for (size_t i = 0; i < run->failures_n; i++) {
        const plx_failure *failure = &run->failures[i];
        fprintf(to, "%-14s %zu", i == 0 ? "failed" : "", failure->item);
        if (run->texts[i] != NULL && run->ask->command != NULL) {
            fputs(" '", to);
            plx_cli_print_shown(run->texts[i], to);
            fputc('\'', to);
        }
        fputs(": ", to);
        plx_cli_print_shown(failure->why, to);
        fprintf(to, " (code %d", failure->code);
        if (failure->tries > 1)
            fprintf(to, ", %d tries", failure->tries);
        fprintf(to, ", rank %d)\n", failure->rank);
    }
}

static void print_journal(const plx_batch_run *run, FILE *to)
{
    const plx_batch_counts *counts = &run->counts;
    fprintf(to, "%-14s session %u, %llu recorded in %llu segment%s", "journal", run->plan.session,
            (unsigned long long)counts->entries, (unsigned long long)counts->segments,
            counts->segments == 1 ? "" : "s");
    if (counts->sync_median_s >= 0)
        fprintf(to, ", a sync takes %.3g ms (99 %%: %.3g ms)", counts->sync_median_s * 1e3,
                counts->sync_p99_s * 1e3);
    fputc('\n', to);
}

void plx_batch_tell(const plx_batch_run *run)
{
    FILE *to = run->ask->command != NULL ? stderr : stdout;
    print_title(run, to);
    print_items(run, to);
    print_failures(run, to);
    if (run->merged && run->ask->command == NULL)
        fprintf(to, "%-14s %016llx (XXH64 of the results' bytes)\n", "digest",
                (unsigned long long)run->digest);
    if (run->ask->journal != NULL)
        print_journal(run, to);
    fprintf(to, "%-14s %.6f s\n", "time", run->elapsed_s);
    if (run->ask->output != NULL && plx_batch_left(run) != 0)
        plx_cli_note("-o '%s': left as it is; not every item has a final state", run->ask->output);
}
