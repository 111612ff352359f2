/* SPDX-License-Identifier: MIT */
/*
 * cli/run_calls.c: the call as often as asked, which of them is reported, and the digest of its
 * bytes.
 *
 * Every call of a run is told apart: its report, its workers, its slices and its CPU time stay
 * together, so that what is printed is one call and not a mixture.
 */
#include <string.h>
#include <xxhash.h>

#include "progress.h"
#include "run.h"

static uint64_t digest_of(const plx_cli_work *work)
{
    if (!work->root || !plx_cli_work_has_result(work))
        return 0;
    if (work->ask->filed && work->ask->pattern == PLX_MAP)
        return work->digest;
    if (work->ask->streams)
        return XXH64_digest(work->hash);
    return XXH64(work->out, plx_cli_work_out_size(work), 0);
}

/* The call whose time is the median; of two in the middle the faster one. */
static size_t find_median(const plx_cli_work *work)
{
    for (size_t i = 0; i < work->calls_count; i++) {
        size_t before = 0;
        double mine = work->calls[i].report.elapsed_s;
        for (size_t j = 0; j < work->calls_count; j++) {
            double other = work->calls[j].report.elapsed_s;
            before += other < mine || (other == mine && j < i);
        }
        if (before == (work->calls_count - 1) / 2)
            return i;
    }
    return 0;
}

/* What failed there outweighs what failed in the call. */
static void write_slices(plx_cli_work *work, plx_cli_call *call)
{
    plx_status status = plx_cli_slices_write(work, call);
    if (status != PLX_OK)
        work->status = status;
}

/* The CPU time is that of all threads of this process, from the call's first instruction to its
   return: idle workers that spin, as MPI's ranks and OpenMP's threads may, are in it. */
static void call_into(plx_cli_work *work, size_t i)
{
    plx_cli_call *call = &work->calls[i];
    call->by_worker = work->job.by_worker + i * work->job.by_worker_cap;
    call->slices = work->slices != NULL ? work->slices + i * work->job.slices_cap : NULL;
    plx_worker *room = work->job.by_worker;
    work->job.by_worker = call->by_worker;
    work->job.slices = call->slices;
    call->read_s = call->write_s = -1;
    work->status = work->ask->filed ? plx_cli_slices_read(work, call) : PLX_OK;
    double before = plx_cli_cpu_now();
    if (work->status == PLX_OK)
        work->status = plx_cli_call_once(work, &call->report);
    call->cpu_s = plx_cli_cpu_now() - before;
    plx_cli_progress_end();
    work->job.by_worker = room;
    if (work->ask->filed && plx_cli_work_has_result(work))
        write_slices(work, call);
}

static void gather_share(plx_cli_work *work)
{
    if (work->ask->filed) {
        plx_status hashed = plx_cli_slices_digest(work);
        work->status = hashed != PLX_OK ? hashed : work->status;
        return;
    }
    plx_report gathered, *report = &work->calls[work->median].report;
    plx_status status = plx_cli_share_gather(work, &gathered);
    if (status == PLX_OK)
        return;
    work->status = status;
    memcpy(report->why, gathered.why, sizeof report->why);
}

/* A warm-up that fails is the call to report. */
void plx_cli_call_all(plx_cli_work *work)
{
    size_t wanted = work->ask->repeat != 0 ? work->ask->repeat : 1;
    work->status = PLX_OK;
    if (work->ask->repeat != 0)
        call_into(work, 0);
    while (work->status == PLX_OK && work->calls_count < wanted)
        call_into(work, work->calls_count++);
    work->calls_count += work->calls_count == 0;
    work->median = work->status == PLX_OK ? find_median(work) : work->calls_count - 1;
    if (work->share != NULL && plx_cli_work_has_result(work))
        gather_share(work);
    work->cpu_s = plx_cli_work_reports(work)
                      ? plx_cli_cpu_of_all(work->team, work->calls[work->median].cpu_s)
                      : -1;
    work->digest = digest_of(work);
}
