/* SPDX-License-Identifier: MIT */
/*
 * cli/run_work.c: what a call needs before it can be made, the same on every rank.
 *
 * Rank 0 alone touches files, but with --where file. What it found, the exit code included, is told
 * to the other ranks, so that all end in the same way and one of them says why.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <unistd.h>

#include "error.h"
#include "exits.h"
#include "place.h"
#include "run.h"
#include "since.h"
#include "watch.h"

enum { TASKS_DEFAULT = 64 };

/* What rank 0 knows and the others need. */
typedef struct head {
    uint64_t code, n;
} head;

/* The same code on every rank: rank 0's, else that of a rank that ran out of memory. *n becomes
   rank 0's. */
static int stay_together(const plx_cli_work *work, int code, size_t *n)
{
    if (plx_team_ranks(work->team) == 1)
        return code;
    head roots = {(uint64_t)code, *n};
    int lost = plx_cli_tell(work->team, 0, &roots, sizeof roots);
    if (lost != 0)
        return lost;
    plx_status worst = plx_agree(work->team, code == 0 ? PLX_OK : PLX_NO_MEMORY);
    *n = (size_t)roots.n;
    if (roots.code != 0 || worst == PLX_OK)
        return (int)roots.code;
    return plx_cli_error(plx_status_exit(worst), "a rank cannot begin: %s", plx_status_text(worst));
}

static size_t memory_size(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX;
}

void *plx_cli_work_room(size_t n, size_t size, int *code)
{
    void *room = NULL;
    if (size != 0 && n > (SIZE_MAX / 2) / size) {
        *code = plx_cli_error(PLX_EXIT_DATA,
                              "-n '%zu': too many: %zu bytes each cannot be addressed", n, size);
        return NULL;
    }
    /* Linux promises memory that it does not have and later kills whoever believed it. */
    size_t bytes = n * size;
    if (bytes <= memory_size() && posix_memalign(&room, 64, bytes + 64) == 0)
        return room;
    *code = plx_cli_error(PLX_EXIT_SYSTEM, "-n '%zu': no memory for as many: %zu bytes needed", n,
                          bytes);
    return NULL;
}

int plx_cli_work_team(plx_cli_work *work, const plx_cli_ask *ask)
{
    *work = (plx_cli_work){ .ask = ask, .sync_s = -1,
                            .launch_s = plx_cli_since_launch(ask->started) };
    int bare = ask->across ? plx_cli_place_check_bare() : 0;
    if (bare != 0)
        return bare;
    plx_cli_place_meet();
    uint64_t before = plx_cli_since_now();
    plx_status status = plx_open(ask->model.name, ask->single ? 1 : ask->threads, &work->team);
    work->open_s = (double)(plx_cli_since_now() - before) * 1e-9;
    if (status != PLX_OK)
        return plx_cli_error(plx_status_exit(status), "model '%s': cannot be opened: %s",
                             ask->model.name, plx_status_text(status));
    plx_cli_exits_guard();
    work->root = plx_team_rank(work->team) == 0;
    int code = ask->across ? plx_cli_place_check(work->team) : 0;
    return code == 0 && ask->across ? plx_cli_work_same(work) : code;
}

static void fill_job(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    work->tasks = ask->tasks != 0 ? ask->tasks : TASKS_DEFAULT;
    if (work->tasks > work->n)
        work->tasks = work->n;
    work->job.kernel = ask->kernel;
    work->job.n = work->n;
    work->job.in = work->in;
    work->job.at = work->at;
    work->job.ctx = ask->ctx;
    work->job.grain = ask->grain;
    work->job.schedule = ask->schedule;
    work->job.where = ask->where;
    work->job.batch = ask->batch;
    work->job.in_flight = ask->in_flight;
    work->job.keep_going = ask->keep_going;
    work->job.exclusive = ask->exclusive;
}

/* Each rank opens its files itself, and tells what it could not. */
static int open_slices(plx_cli_work *work)
{
    char line[PLX_CLI_HELD];
    int code = plx_cli_slices_input(work);
    if (code != 0)
        return code;
    fill_job(work);
    plx_cli_error_hold(line, sizeof line);
    code = plx_cli_share_make(work);
    if (code == 0)
        code = plx_cli_call_prepare(work);
    plx_cli_error_hold(NULL, 0);
    code = plx_cli_agree(work->team, code, line, NULL);
    return code == 0 ? plx_cli_slices_output(work) : code;
}

int plx_cli_work_open(plx_cli_work *work)
{
    if (work->ask->filed)
        return open_slices(work);
    int code = stay_together(work, work->root ? plx_cli_work_input(work) : 0, &work->n);
    if (code != 0)
        return code;
    fill_job(work);
    code = plx_cli_share_make(work);
    if (code == 0)
        code = plx_cli_call_prepare(work);
    if (code == 0 && work->root)
        code = plx_cli_work_output(work);
    return stay_together(work, code, &work->n);
}

bool plx_cli_work_has_result(const plx_cli_work *work)
{
    return work->status == PLX_OK || (work->status == PLX_ITEM_FAILED && work->ask->keep_going);
}

bool plx_cli_work_ran(const plx_cli_work *work)
{
    return work->status == PLX_OK || work->status == PLX_ITEM_FAILED;
}

bool plx_cli_work_reports(const plx_cli_work *work)
{
    return plx_cli_work_ran(work) || work->status == PLX_STOPPED;
}

size_t plx_cli_work_out_size(const plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    size_t items = ask->streams ? work->calls[work->median].report.n : work->n;
    return ask->folds ? ask->kernel->acc_size : items * ask->item_size;
}

int plx_cli_work_finish(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    size_t ignored = 0;
    if (ask->output == NULL && ask->bytes == NULL && ask->trace == NULL)
        return 0;
    int code = ask->filed ? plx_cli_slices_sync(work) : 0;
    if (code != 0)
        return code;
    return stay_together(work, work->root ? plx_cli_work_keep(work) : 0, &ignored);
}

void plx_cli_work_close(plx_cli_work *work)
{
    plx_cli_watch_end();
    plx_output_drop(&work->file);
    plx_output_drop(&work->bytes);
    plx_output_drop(&work->trace);
    plx_cli_call_close(work);
    plx_cli_work_drop_input(work);
    free(work->made);
    free(work->at);
    plx_close(work->team);
}
