/* SPDX-License-Identifier: MIT */
/*
 * cli/run.c: `parallax run`: read, check, become mpirun if ranks are needed, one public call,
 * print.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "error.h"
#include "kernel_file.h"
#include "launch.h"
#include "mask.h"
#include "place.h"
#include "run.h"
#include "signals.h"
#include "slots.h"
#include "watch.h"

/* Alone, an mpi model becomes mpirun. Faults of files are told here, where nothing is started yet.
   */
static int launch(const plx_cli_ask *ask, int argc, char **argv)
{
    plx_cli_layout layout =
        plx_cli_launch_layout(ask->ranks, ask->single ? 1 : ask->threads, plx_cores());
    layout.oversubscribe = ask->oversubscribe;
    int code = plx_cli_launch_check(layout);
    if (code == 0)
        code = plx_cli_work_check_files(ask);
    return code == 0 ? plx_cli_launch(layout, ask->bind, ask->started, argc, argv) : code;
}

static void warn_crowded(const plx_cli_work *work)
{
    int threads = plx_team_threads(work->team), cores = plx_cores();
    if (threads > cores && (work->ask->kernel->flags & PLX_WAITS) == 0)
        plx_cli_note("%d threads on %d core%s that this process may use%s", threads, cores,
                     cores == 1 ? "" : "s",
                     work->ask->across ? "; mpirun --bind-to none lifts a binding" : "");
    if (work->ask->across && work->ask->started != 0) /* we have become mpirun, and it was silent */
        plx_cli_slots_warn(work->team);
}

/* All ranks know it and go on to MPI's end together, so none has to wait for rank 0's line. */
static int say_stopped(const plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    plx_cli_watch_end();
    plx_cli_signals_told();
    if (!work->root)
        return plx_status_exit(work->status);
    const plx_report *report = &work->calls[work->median].report;
    const char *what = ask->in_tasks ? "tasks" : "items";
    return plx_cli_error(plx_status_exit(work->status),
                         "%s: stopped by %s: %zu %s done, %zu failed, %zu not run; nothing is kept",
                         plx_pattern_name(ask->pattern), plx_cli_policy_stopper(ask),
                         report->done, what, report->failed, report->not_run);
}

static int say_status(const plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    const plx_report *report = &work->calls[work->median].report;
    int code = plx_status_exit(work->status);
    if (work->status == PLX_OK || work->told)
        return code;
    if (work->status == PLX_STOPPED)
        return say_stopped(work);
    if (work->status != PLX_ITEM_FAILED)
        return plx_cli_error(code, "%s: %s", plx_pattern_name(ask->pattern),
                             report->why[0] != '\0' ? report->why : plx_status_text(work->status));
    if (report->failures == 0)
        return plx_cli_error(code, "%zu failed", report->failed);
    const plx_failure *first = &work->job.failures[0];
    return plx_cli_error(code, "%s %zu failed: %s%s", ask->in_tasks ? "task" : "item",
                         first->item, first->why, report->failed > 1 ? " (and more)" : "");
}

static int print_result(const plx_cli_work *work, int code)
{
    if (!work->root || !plx_cli_work_reports(work) || work->told)
        return code;
    int printed = 0;
    if (work->ask->json)
        printed = plx_cli_print_json(work);
    else
        plx_cli_print_text(work);
    return plx_cli_flush(printed != 0 ? printed : code);
}

static int run_work(plx_cli_work *work)
{
    int code = plx_cli_work_open(work);
    if (code != 0)
        return code;
    plx_cli_mask_restore(); /* libomp binds as a team opens, libgomp as it is loaded */
    warn_crowded(work);
    if (strstr(work->ask->model.name, "omp") != NULL)
        plx_cli_mask_bind();
    plx_cli_call_all(work);
    code = plx_cli_work_finish(work);
    return code == 0 ? print_result(work, say_status(work)) : code;
}

/* A file's kernel comes to the ranks through their team, so that comes first; all else is checked
   before a thread or a rank is started. */
static int take_kernel(plx_cli_ask *ask, plx_team *team, plx_object **object)
{
    int code = 0;
    if (plx_cli_kernel_is_file(ask->kernel_name))
        code = plx_cli_kernel_open(ask->kernel_name, team, object);
    if (code == 0 && *object != NULL)
        ask->kernel = plx_object_kernel(*object);
    return code == 0 ? plx_cli_ask_for_kernel(ask) : code;
}

static int run_alone(plx_cli_ask *ask, plx_object **object, int argc, char **argv)
{
    plx_cli_work work;
    int code = take_kernel(ask, NULL, object);
    if (code != 0)
        return code;
    if (ask->made != NULL)
        return plx_cli_made(ask);
    if (ask->across)
        return launch(ask, argc, argv);
    plx_cli_signals_drain();
    plx_cli_signals_quit();
    code = plx_cli_work_team(&work, ask);
    if (code == 0)
        code = run_work(&work);
    plx_cli_work_close(&work);
    return code;
}

static int run_rank(plx_cli_ask *ask, plx_object **object)
{
    plx_cli_work work = { 0 };
    int code = 0;
    bool named = ask->kernel != NULL;
    plx_cli_signals_drain(); /* before MPI starts, so that none is lost there */
    if (named)
        code = take_kernel(ask, NULL, object);
    if (code == 0)
        code = plx_cli_work_team(&work, ask);
    if (code == 0 && !named)
        code = take_kernel(ask, work.team, object);
    plx_cli_signals_quit();
    if (code == 0)
        code = run_work(&work);
    plx_cli_work_close(&work);
    return code;
}

int plx_cli_run(int argc, char **argv)
{
    plx_cli_ask ask;
    plx_object *object = NULL;
    plx_cli_mask_restore();
    int code = plx_cli_ask_read(&ask, argc, argv);
    if (code == 0)
        code = ask.across && plx_cli_where().launched ? run_rank(&ask, &object)
                                                      : run_alone(&ask, &object, argc, argv);
    plx_object_close(object);
    return code == PLX_CLI_DONE ? 0 : code;
}
