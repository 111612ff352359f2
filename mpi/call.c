/* SPDX-License-Identifier: MIT */
/*
 * mpi/call.c: what is the same for every pattern: the job becomes rank 0's, the report becomes
 * everybody's.
 *
 * One broadcast opens a call; parameters travel in it. Bytes are sent as they lie in memory: all
 * ranks run the same binary on the same kind of machine.
 */
#include <string.h>

#include "mpi/model.h"

typedef struct opening {
    plx_job job; /* its pointers mean nothing to the others */
    plx_pattern pattern;
    plx_status status;
    uint64_t digest;
    size_t item_size; /* of a stream */
    unsigned char ctx[PLX_CTX_MAX];
} opening;

static void tell(const plx_call *call, plx_status mine, opening *told)
{
    memset(told, 0, sizeof *told);
    told->job = call->job;
    told->pattern = call->pattern;
    told->status = mine;
    told->digest = call->digest;
    told->item_size = call->stream.item_size;
    if (mine == PLX_OK && call->kernel.ctx_size)
        memcpy(told->ctx, call->job.ctx, call->kernel.ctx_size);
}

static void adopt(plx_call *call, const opening *told)
{
    plx_job *mine = &call->job;
    const plx_job *root = &told->job;
    mine->n = root->n;
    mine->grain = root->grain;
    mine->schedule = root->schedule;
    mine->where = root->where;
    mine->batch = root->batch;
    mine->in_flight = root->in_flight;
    mine->keep_going = root->keep_going;
    mine->failures_cap = root->failures_cap;
    mine->by_worker_cap = root->by_worker_cap;
    call->stream.item_size = told->item_size;
    memcpy(call->ctx, told->ctx, sizeof call->ctx);
    mine->ctx = call->ctx;
}

plx_status plx_mpi_begin(plx_team *team, plx_call *call, plx_status mine)
{
    const plx_ranks *ranks = team->own;
    opening told;
    if (team->rank == 0)
        tell(call, mine, &told);
    MPI_Bcast(&told, sizeof told, MPI_BYTE, 0, ranks->comm);
    adopt(call, &told); /* whatever went wrong: the report is rank 0's too */
    if (mine != PLX_OK || team->rank == 0)
        return mine;
    if (told.status != PLX_OK)
        return told.status;
    if (told.digest != call->digest || told.pattern != call->pattern) {
        plx_check_say(call->run.why,
                      "rank %d runs another kernel, task list or pattern than rank 0", team->rank);
        return PLX_MISMATCH;
    }
    return PLX_OK;
}

plx_status plx_mpi_enter(plx_team *team, plx_call *call)
{
    size_t most = (size_t)INT32_MAX / (size_t)team->ranks; /* all lists together fit an int */
    call->run.fails_cap = call->run.fails_cap < most ? call->run.fails_cap : most;
    switch (call->pattern) {
    case PLX_MAP:
        return plx_slice_open(team, &call->run, true);
    case PLX_REDUCE: {
        plx_status status = plx_slice_open(team, &call->run, false);
        return status == PLX_OK ? plx_mpi_reduce_open(team, &call->run) : status;
    }
    case PLX_FAN:
        return plx_mpi_fan_open(team, &call->fan);
    default:
        return plx_mpi_batch_open(team, &call->flow);
    }
}

void plx_mpi_leave(plx_team *team, plx_call *call)
{
    (void)call;
    plx_mpi_fan_close(team);
    plx_mpi_batch_close(team);
}

/* The words of the lowest rank that found the status, if any has words. */
static void share_words(plx_team *team, const plx_call *call, plx_status status,
                        plx_report *report)
{
    int speaker = plx_mpi_lowest(team, call->mine == status && call->run.why[0]);
    if (speaker == team->ranks)
        plx_check_say(report->why, "%s", plx_status_text(status));
    else
        plx_mpi_tell(team, speaker, report->why, sizeof report->why);
}

/* What is longest is seen by the rank that waited least for the others: so the least collect_s
   is it. */
static void share_times(const plx_team *team, const plx_ranks *ranks, plx_report *report)
{
    double longest = report->compute_s + report->imbalance_s,
           sum = report->compute_s * team->threads;
    double most[] = {report->elapsed_s, report->prepare_s, report->hand_out_s, longest,
                     -report->collect_s};
    MPI_Allreduce(MPI_IN_PLACE, most, 5, MPI_DOUBLE, MPI_MAX, ranks->comm);
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, ranks->comm);
    report->elapsed_s = most[0];
    report->prepare_s = most[1];
    report->hand_out_s = most[2];
    report->compute_s = sum / team->workers;
    report->imbalance_s = most[3] - report->compute_s;
    report->collect_s = -most[4];
    MPI_Allreduce(MPI_IN_PLACE, &report->threads, 1, MPI_INT, MPI_MAX, ranks->comm);
}

/* Straight into rank 0's room, as many as fit: every rank knows the room and all thread counts. */
static void gather_workers(const plx_team *team, plx_ranks *ranks, plx_call *call)
{
    size_t room = call->job.by_worker_cap;
    int *counts = ranks->counts, *starts = counts + team->ranks, at = 0;
    for (int r = 0; r < team->ranks; r++) {
        size_t left = room > (size_t)at ? room - (size_t)at : 0;
        int fit = left < (size_t)ranks->threads[r] ? (int)left : ranks->threads[r];
        starts[r] = at * (int)sizeof(plx_worker);
        counts[r] = fit * (int)sizeof(plx_worker);
        at += fit;
    }
    const plx_run *run = &call->run;
    for (int w = 0; w < team->threads && w < run->workers; w++) {
        const plx_lane *lane = &run->lanes[w];
        ranks->mine[w] = (plx_worker){team->rank, w, lane->items, lane->chunks, lane->busy_s};
    }
    MPI_Gatherv(ranks->mine, counts[team->rank], MPI_BYTE, call->job.by_worker, counts, starts,
                MPI_BYTE, 0, ranks->comm);
}

/* Every rank takes the same way through this: it hangs on the status, which is agreed, alone. */
void plx_mpi_report(plx_team *team, plx_call *call, plx_status status, plx_report *report)
{
    plx_ranks *ranks = team->own;
    MPI_Bcast(report, offsetof(plx_report, ranks), MPI_BYTE, 0, ranks->comm);
    share_times(team, ranks, report);
    if (status != PLX_OK && status != PLX_ITEM_FAILED) {
        share_words(team, call, status, report);
        return;
    }
    const plx_join *join = call->fan.join;
    if (call->pattern == PLX_FAN && join->size)
        MPI_Bcast(join->total, (int)join->size, MPI_BYTE, 0, ranks->comm);
    if (call->job.by_worker_cap)
        gather_workers(team, ranks, call);
}
