/* SPDX-License-Identifier: MIT */
/*
 * cli/run_share.c: what a rank has of its own: its share of the data (--where local), its CPU time.
 *
 * A share's input is made where it is used, item by item from the seed, and a map's results come to
 * rank 0 after the last timed call. So the result's bytes are those of --where root, and no call
 * has moved data.
 */
#define _POSIX_C_SOURCE 199309L
#include <string.h>
#include <time.h>

#include "error.h"
#include "generate.h"
#include "run.h"
#include "type.h"

/* Those of a file are read before each call. */
static int make_items(plx_cli_work *work)
{
    const plx_kernel *kernel = work->ask->kernel;
    int code = 0;
    work->made = plx_cli_work_room(work->hi - work->lo, kernel->in_size, &code);
    if (work->made == NULL)
        return code;
    size_t values = kernel->in_size / plx_cli_type_of(kernel->in_type)->size;
    if (!work->ask->filed)
        plx_generate_values(kernel->in_type, work->ask->seed, work->lo * values,
                            (work->hi - work->lo) * values, work->made);
    work->in = work->job.in = work->made;
    return 0;
}

int plx_cli_share_make(plx_cli_work *work)
{
    const plx_kernel *kernel = work->ask->kernel;
    int code = 0;
    if (work->ask->where != PLX_LOCAL)
        return 0;
    plx_status status = plx_share(work->team, &work->job, &work->lo, &work->hi);
    if (status != PLX_OK)
        return plx_cli_error(plx_status_exit(status), "--where '%s': %s",
                             work->ask->where_name, plx_status_text(status));
    if (kernel->in_size != 0)
        code = make_items(work);
    if (code == 0 && work->ask->pattern == PLX_MAP)
        work->share = plx_cli_work_room(work->hi - work->lo, kernel->out_size, &code);
    return code;
}

/* The share that gather_items() reads: a kernel is given nothing that differs from rank to rank. */
static struct {
    const char *out;
    size_t lo, size;
} own;

static void gather_items(const plx_block *block)
{
    memcpy(block->out, own.out + (block->lo - own.lo) * own.size,
           (block->hi - block->lo) * own.size);
}

/* A map that copies: with the same n and grain every rank runs the items of its share again. */
plx_status plx_cli_share_gather(plx_cli_work *work, plx_report *report)
{
    const plx_kernel gather = {
        .size = sizeof gather,
        .name = "gather",
        .about = "the ranks' shares to rank 0",
        .out_size = work->ask->kernel->out_size,
        .item_ns = 1,
        .map = gather_items,
    };
    const plx_job job = {.kernel = &gather,
                         .n = work->n,
                         .out = work->out,
                         .grain = plx_grain(&work->job),
                         .schedule = PLX_STATIC};
    own.out = work->share;
    own.lo = work->lo;
    own.size = gather.out_size;
    return plx_map(work->team, &job, report);
}

double plx_cli_cpu_now(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
        return 0;
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void take_seconds(const plx_block *block, void *acc)
{
    if (block->hi > block->lo)
        *(double *)acc = *(const double *)block->in;
}

static void add_seconds(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    *(double *)left += *(const double *)right;
}

double plx_cli_cpu_of_all(plx_team *team, double own_s)
{
    static const plx_kernel sum = {
        .size = sizeof sum,
        .name = "cpu",
        .about = "the ranks' CPU time",
        .in_size = sizeof(double),
        .acc_size = sizeof(double),
        .item_ns = 1,
        .fold = take_seconds,
        .combine = add_seconds,
    };
    double all = 0;
    plx_report report;
    const plx_job job = {.kernel = &sum,
                         .n = (size_t)plx_team_ranks(team),
                         .in = &own_s,
                         .out = &all,
                         .grain = 1,
                         .where = PLX_LOCAL};
    return plx_reduce(team, &job, &report) == PLX_OK ? all : -1;
}
