/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/batch.c: `parallax batch`: its steps, each the same on every rank.
 *
 * Rank 0 has the list, the journal's past and stdout; every rank has a helper and a journal segment
 * of its own. What one rank finds out is told to all before the next step, so that all end alike
 * and one line says why.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../commands.h"
#include "../error.h"
#include "../kernel_file.h"
#include "../mask.h"
#include "../place.h"
#include "../progress.h"
#include "../signals.h"
#include "../slots.h"
#include "../watch.h"
#include "batch.h"

/* A finding of this rank, told to all. */
static int agree(plx_batch_run *run, int code, const char *line)
{
    plx_cli_error_hold(NULL, 0);
    return plx_cli_agree(run->team, code, line, NULL);
}

/* What comes before threads and MPI; whatever it came to, ranks meet. */
static int open_team(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    char line[PLX_CLI_HELD] = "";
    if (ask->across)
        plx_cli_error_hold(line, sizeof line);
    const int before = plx_batch_ready_before(run);
    plx_cli_error_hold(NULL, 0);
    if (before != 0 && !ask->across)
        return before;
    int code = plx_batch_ready_team(run);
    if (code == 0 && ask->across)
        code = agree(run, before, line);
    if (code == 0 && ask->across)
        code = plx_batch_same(run);
    return code;
}

/* On rank 0: the journal's past, the first item, sizes. */
static int make_plan(plx_batch_run *run)
{
    int code = run->ask->journal != NULL ? plx_batch_journal_join(run) : 0;
    if (code == 0)
        code = plx_batch_stream_begin(run);
    if (code == 0)
        plx_batch_ready_sizes(run);
    return code;
}

static int plan(plx_batch_run *run)
{
    if (run->root)
        run->plan.code = make_plan(run);
    int code = 0;
    if (plx_team_ranks(run->team) > 1)
        code = plx_cli_tell(run->team, 0, &run->plan, sizeof run->plan);
    return code == 0 ? run->plan.code : code;
}

/* The job's own end leaves time for what runs, unless that is told. */
static double grace_of(const plx_batch_run *run)
{
    static const double most_s = 30, part = 0.1;
    const plx_batch_ask *ask = run->ask;
    if (ask->grace_s >= 0 || strcmp(ask->deadline, "auto") != 0)
        return ask->grace_s >= 0 ? ask->grace_s : 0;
    return run->plan.left_s * part < most_s ? run->plan.left_s * part : most_s;
}

static void set_deadline(const plx_batch_run *run)
{
    if (run->plan.left_s < 0)
        return;
    plx_cli_signals_at(run->plan.left_s, PLX_QUIT);
    plx_cli_signals_at(run->plan.left_s - grace_of(run), PLX_DRAIN);
}

static void call(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    const plx_job job = {
        .kernel = &run->kernel,
        .n = (size_t)run->plan.n,
        .ctx = run->user.ctx_size > 0 ? ask->ctx : NULL,
        .batch = (size_t)run->plan.batch,
        .in_flight = (size_t)run->plan.in_flight,
        .keep_going = true,
        .failures = &run->core_failure,
        .failures_cap = 1,
        .policy = &run->policy,
    };
    const plx_stream stream = { .source = plx_batch_source, .done = plx_batch_done,
                                .sink = plx_batch_sink, .user = run,
                                .item_size = (size_t)run->plan.longest };
    run->status = plx_batch(run->team, &job, &stream, &run->report);
    run->elapsed_s = run->report.elapsed_s;
    plx_cli_progress_end();
}

/* The call with all that it needs. A journal that fails is told once all have closed theirs. */
static int run_items(plx_batch_run *run)
{
    char line[PLX_CLI_HELD] = "";
    plx_cli_error_hold(line, sizeof line);
    int code = agree(run, plx_batch_ready(run), line);
    if (code == 0) {
        set_deadline(run);
        call(run);
    }
    plx_cli_error_hold(line, sizeof line);
    const int closed = plx_batch_journal_close(run);
    plx_cli_error_hold(NULL, 0);
    if (code != 0)
        return code;
    if (run->root)
        plx_cli_error_hold(run->line, sizeof run->line);
    code = plx_batch_counts_all(run);
    if (code == 0 && run->root)
        plx_batch_show_rest(run);
    if (code == 0 && run->root && plx_batch_drains())
        plx_batch_stream_rest(run);
    run->closed = plx_cli_agree(run->team, closed, line, NULL);
    plx_cli_error_hold(NULL, 0);
    return code != 0 && run->root ? plx_cli_error(code, "%s", run->line) : code;
}

static int run_batch(plx_batch_run *run)
{
    int code = open_team(run);
    if (run->ask->across)
        plx_cli_signals_quit();
    if (code != 0)
        return code;
    plx_cli_mask_restore(); /* as in run.c */
    if (run->ask->across && run->ask->started != 0)
        plx_cli_slots_warn(run->team);
    if (strstr(run->ask->model.name, "omp") != NULL && !run->ask->helped)
        plx_cli_mask_bind();
    code = plan(run);
    if (code == 0 && run->plan.any)
        code = run_items(run);
    if (code == 0)
        return plx_batch_finish(run);
    plx_owner_give(run->owner);
    return code;
}

static void take_signals(const plx_batch_ask *ask)
{
    if (ask->journal != NULL) {
        plx_cli_signals_keeps("what is recorded is kept: the same command line goes on");
        plx_cli_watch_keeps("what was recorded is kept: the same command line goes on");
    }
    if (ask->grace_s >= 0)
        plx_cli_signals_grace(ask->grace_s);
    signal(SIGPIPE, SIG_IGN); /* a reader that went is a failed write: what ran is kept */
    plx_cli_signals_drain(); /* before MPI starts, so that none is lost there */
    if (!ask->across)
        plx_cli_signals_quit();
}

static int run_here(const plx_batch_ask *ask)
{
    plx_batch_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    run->ask = ask;
    run->counts.sync_median_s = run->counts.sync_p99_s = -1;
    take_signals(ask);
    int code = run_batch(run);
    plx_cli_watch_end();
    plx_close(run->team);
    plx_batch_ready_close(run);
    free(run);
    return code;
}

/* Alone, an mpi model becomes mpirun. Faults of files are told here, where nothing runs yet. */
static int launch(const plx_batch_ask *ask, int argc, char **argv)
{
    const bool once = ask->items != NULL && plx_items_once(ask->items);
    const plx_items_how how = plx_batch_items_how(ask);
    plx_items *items = NULL;
    plx_cli_layout layout =
        plx_cli_launch_layout(ask->ranks, ask->single ? 1 : ask->threads, plx_cores());
    layout.oversubscribe = ask->oversubscribe;
    layout.reads_stdin = ask->items != NULL && strcmp(ask->items, "-") == 0;
    int code = plx_cli_launch_check(layout);
    if (code == 0 && !once)
        code = plx_items_open(&items, &how);
    plx_items_close(items);
    if (code == 0)
        code = plx_cli_launch(layout, PLX_CLI_BIND_DEFAULT, ask->started, argc, argv);
    return code;
}

int plx_cli_batch(int argc, char **argv)
{
    plx_batch_ask ask;
    plx_cli_mask_restore();
    int code = plx_batch_ask_read(&ask, argc, argv);
    if (code == 0 && ask.kernel_name != NULL && ask.kernel == NULL)
        code = plx_cli_kernel_open(ask.kernel_name, NULL, &ask.object);
    if (code == 0 && ask.object != NULL)
        ask.kernel = plx_object_kernel(ask.object);
    if (code == 0)
        code = plx_batch_ask_for_kernel(&ask);
    if (code == 0)
        code = ask.dry_run                                       ? plx_batch_dry(&ask)
               : ask.across && !plx_cli_where().launched ? launch(&ask, argc, argv)
                                                                 : run_here(&ask);
    plx_words_free(ask.words);
    plx_object_close(ask.object);
    free(ask.subject);
    return code == PLX_CLI_DONE ? 0 : code;
}
