/* SPDX-License-Identifier: MIT */
/*
 * mpi/call.c: what is the same for every pattern: the job becomes rank 0's, the report becomes
 * everybody's.
 *
 * One broadcast opens a call; parameters travel in it. Bytes are sent as they lie in memory: all
 * ranks run the same binary on the same kind of machine.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi/model.h"

typedef struct opening {
    plx_job job; /* its pointers mean nothing to the others */
    plx_pattern pattern;
    plx_status status;
    uint64_t digest;
    size_t item_size; /* of a stream */
    plx_policy policy;
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
    told->policy = call->policy;
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
    mine->exclusive = root->exclusive;
    mine->failures_cap = root->failures_cap;
    mine->by_worker_cap = root->by_worker_cap;
    mine->slices_cap = root->slices_cap < INT32_MAX ? root->slices_cap : INT32_MAX;
    call->traced = root->slices != NULL;
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
    plx_status fits = plx_mpi_policy_adopt(team, call, &told.policy, told.status == PLX_OK);
    if (mine != PLX_OK || team->rank == 0)
        return mine;
    if (told.status != PLX_OK)
        return told.status;
    bool same = told.digest == call->digest && told.pattern == call->pattern;
    return same ? fits : PLX_MISMATCH; /* which ranks: in the report */
}

static plx_status enter_pattern(plx_team *team, plx_call *call)
{
    switch (call->pattern) {
    case PLX_MAP:
        return plx_mpi_map_open(team, &call->run);
    case PLX_REDUCE:
        return plx_mpi_reduce_open(team, &call->run);
    case PLX_FAN:
        return plx_mpi_fan_open(team, &call->fan);
    case PLX_TASK:
        return plx_mpi_task_open(team, &call->tasks);
    case PLX_DIVIDE:
        return PLX_OK;
    case PLX_SCAN:
        return plx_mpi_scan_open(team, &call->prefix);
    case PLX_QUEUE:
        return plx_mpi_queue_open(team, &call->stepping);
    default:
        return plx_mpi_pipeline_open(team, &call->flow);
    }
}

plx_status plx_mpi_enter(plx_team *team, plx_call *call)
{
    plx_run *run = &call->run;
    plx_status status = enter_pattern(team, call);
    plx_mpi_policy_enter(team, call);
    if (status != PLX_OK || !call->traced)
        return status;
    run->slices = malloc(call->job.slices_cap * sizeof *run->slices + 1);
    return run->slices ? PLX_OK : PLX_NO_MEMORY;
}

void plx_mpi_leave(plx_team *team, plx_call *call)
{
    (void)call;
    plx_deal_close(team);
    plx_mpi_fan_close(team);
    plx_mpi_pipeline_close(team);
    plx_mpi_task_close(team);
    plx_mpi_queue_close(team);
}

/* All ranks whose call is another than rank 0's; false: that is not what the mismatch is. */
static bool name_ranks(const plx_team *team, const plx_call *call, plx_report *report)
{
    static const char than[] = " another kernel, task list or pattern than rank 0";
    const plx_ranks *ranks = team->own;
    int differs = call->mine == PLX_MISMATCH, any = 0;
    char who[sizeof report->why - sizeof than + 1];
    MPI_Allgather(&differs, 1, MPI_INT, ranks->counts, 1, MPI_INT, ranks->comm);
    for (int r = 0; r < team->ranks; r++)
        any |= ranks->counts[r];
    plx_fit_name(ranks->counts, team->ranks, who, sizeof who);
    if (any)
        plx_check_say(report->why, "%s%s", who, than);
    return any;
}

/* The words of the lowest rank that found the status, if any has words. */
static void share_words(plx_team *team, const plx_call *call, plx_status status, plx_report *report)
{
    if (status == PLX_MISMATCH && name_ranks(team, call, report))
        return;
    bool found = call->mine == status || status == PLX_STOPPED;
    int speaker = plx_mpi_lowest(team, found && call->run.why[0]);
    if (speaker == team->ranks)
        plx_check_say(report->why, "%s", plx_status_text(status));
    else
        plx_mpi_tell(team, speaker, report->why, sizeof report->why);
}

/* The last to enter begins the call and the last to leave ends it. What data movement costs is
   seen by the rank that waited least for the others. */
static void share_times(const plx_team *team, const plx_ranks *ranks, plx_call *call,
                        plx_report *report)
{
    plx_times *times = &call->times;
    double most[] = {times->last,    times->busy_max, times->end,
                     -times->before, -times->scatter, -times->gather};
    double sums[] = {times->lasts, times->busys};
    MPI_Allreduce(MPI_IN_PLACE, most, 6, MPI_DOUBLE, MPI_MAX, ranks->comm);
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, ranks->comm);
    times->last = most[0];
    times->busy_max = most[1];
    times->end = most[2];
    times->before = -most[3];
    times->scatter = -most[4];
    times->gather = -most[5];
    times->lasts = sums[0];
    times->busys = sums[1];
    double prepare_threads[] = {plx_times_prepare(times, &call->run), team->threads};
    MPI_Allreduce(MPI_IN_PLACE, prepare_threads, 2, MPI_DOUBLE, MPI_MAX, ranks->comm);
    times->prepare = prepare_threads[0];
    report->threads = (int)prepare_threads[1];
}

/* Straight into rank 0's room, as many as fit: every rank knows the room and all thread counts. */
static void gather_workers(const plx_team *team, plx_ranks *ranks, plx_call *call)
{
    size_t room = call->job.by_worker_cap;
    int *counts = ranks->counts, *starts = counts + team->ranks, at = 0;
    for (int r = 0; r < team->ranks; at += counts[r++]) {
        size_t left = room > (size_t)at ? room - (size_t)at : 0;
        counts[r] = left < (size_t)ranks->threads[r] ? (int)left : ranks->threads[r];
        starts[r] = at;
    }
    const plx_run *run = &call->run;
    for (int w = 0; w < team->threads && w < run->workers; w++) {
        const plx_lane *lane = &run->lanes[w];
        ranks->mine[w] = (plx_worker){team->rank, w, lane->items, lane->chunks, lane->busy_s};
    }
    MPI_Datatype type; /* counted in workers, whose number fits an int: their bytes may not */
    MPI_Type_contiguous((int)sizeof(plx_worker), MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Gatherv(ranks->mine, counts[team->rank], type, call->job.by_worker, counts, starts, type, 0,
                ranks->comm);
    MPI_Type_free(&type);
}

/* Rank by rank into rank 0's room, as many of the earliest as fit. */
static void gather_slices(const plx_team *team, const plx_ranks *ranks, plx_call *call,
                          plx_report *report)
{
    plx_run *run = &call->run;
    size_t cap = call->job.slices_cap;
    plx_slice *room = team->rank == 0 ? call->job.slices : run->slices;
    uint64_t count = plx_trace_count(run);
    size_t kept = plx_trace_take(run, call->times.began_s - call->times.before, room, cap);
    MPI_Allreduce(MPI_IN_PLACE, &count, 1, MPI_UINT64_T, MPI_SUM, ranks->comm);
    report->slices = count;
    if (team->rank != 0) {
        plx_move_send(ranks->comm, &kept, sizeof kept, 0, PLX_TAG_SLICE);
        plx_move_send(ranks->comm, room, kept * sizeof *room, 0, PLX_TAG_SLICE);
    }
    for (int r = 1; team->rank == 0 && r < team->ranks; r++) {
        size_t n;
        plx_move_receive(ranks->comm, &n, sizeof n, r, PLX_TAG_SLICE);
        plx_move_receive(ranks->comm, run->slices, n * sizeof *room, r, PLX_TAG_SLICE);
        kept = plx_trace_merge(room, kept, cap, run->slices, n);
    }
}

/* The last message of the call itself. */
static void share_total(const plx_ranks *ranks, plx_call *call)
{
    const plx_join *join = call->fan.join;
    if (call->pattern != PLX_FAN || !join->size)
        return;
    double begun = plx_clock_s();
    plx_move_share(ranks->comm, join->total, join->size, 0);
    plx_run_moved(&call->run, PLX_SLICE_GATHER, begun);
    call->times.ended_s = plx_clock_s();
    plx_times_take(&call->times, &call->run);
}

/* Every rank takes the same way through this: it hangs on the status, which is agreed, alone. */
void plx_mpi_report(plx_team *team, plx_call *call, plx_status status, plx_report *report)
{
    plx_ranks *ranks = team->own;
    bool ran = status == PLX_OK || status == PLX_ITEM_FAILED;
    if (ran)
        share_total(ranks, call);
    MPI_Bcast(report, offsetof(plx_report, ranks), MPI_BYTE, 0, ranks->comm);
    share_times(team, ranks, call, report);
    const plx_job *job = &call->job;
    report->serving =
        ran && call->row->cut && call->pattern != PLX_SCAN &&
        plx_deal_serves(team, job->schedule, job->where);
    if (!ran) {
        share_words(team, call, status, report);
        return;
    }
    if (call->job.by_worker_cap)
        gather_workers(team, ranks, call);
    if (call->traced)
        gather_slices(team, ranks, call, report);
}
