/* SPDX-License-Identifier: MIT */
/*
 * mpi/task_root.c: rank 0 hands tasks out and receives what became of them.
 *
 * Worker 0 does so at each submit, in its waits and between the blocks of the tasks that it runs
 * itself. It never waits for a rank: what it sends it only begins to send, straight from where the
 * user's data lie, and results come straight to where they shall lie.
 */
#include "mpi/task.h"

#include <string.h>

#include "core/task.h"

static void begin_send(plx_trays *d, plx_tray *tray, const void *bytes, size_t size, int tag)
{
    tray->requested += plx_move_begin_send(plx_tray_comm(d), bytes, size, tray->rank, tag,
                                           tray->requests + tray->requested);
}

static void send_order(plx_trays *d, plx_tray *tray, plx_order_kind kind, size_t ctx_size)
{
    tray->order.kind = kind;
    begin_send(d, tray, &tray->order, offsetof(plx_order, ctx) + ctx_size, PLX_TAG_HEAD);
}

static void send_data(plx_trays *d, plx_tray *tray, const plx_tray_layout *lay)
{
    const plx_task *task = &tray->errand->task;
    const char *in = task->in;
    begin_send(d, tray, task->at, lay->at_size, PLX_TAG_AT);
    begin_send(d, tray, lay->at_size ? in + task->at[0] : in, lay->in_size, PLX_TAG_IN);
}

static void free_tray(plx_trays *d, plx_tray *tray)
{
    tray->errand = NULL;
    d->spare[(d->next + d->spares++) % d->n] = (size_t)(tray - d->trays);
}

static void give(plx_trays *d, plx_tray *tray, plx_errand *errand)
{
    const plx_task *task = &errand->task;
    const plx_kernel *kernel = errand->kernel;
    tray->errand = errand;
    tray->order = (plx_order){
        .tray = (int)((size_t)(tray - d->trays) - d->first[tray->rank]),
        .priority = task->priority,
        .number = errand->number,
        .place = errand->place,
        .lo = task->lo,
        .hi = task->hi,
        .in_size = plx_task_in_size(task, kernel),
    };
    if (kernel->ctx_size)
        memcpy(tray->order.ctx, task->ctx, kernel->ctx_size);
    plx_tray_layout lay = plx_tray_lay(kernel, &tray->order);
    if (!plx_tray_reserve(tray, &lay)) {
        free_tray(d, tray);
        plx_tasks_end(d->tasks, errand, PLX_NO_MEMORY, NULL);
        return;
    }
    send_order(d, tray, PLX_ORDER_TASK, kernel->ctx_size);
    if (lay.total <= PLX_TRAY_EAGER)
        send_data(d, tray, &lay);
}

/* Once none is wanted, the queue is left to this rank, which ends all without running them. With
   none queued a stop is not looked for: it may have come too late to be told. */
static void deal(plx_trays *d)
{
    while (d->spares && plx_tasks_wait(d->tasks) && plx_run_wants(d->tasks->run, PLX_NONE)) {
        plx_errand *errand = plx_tasks_take(d->tasks, true);
        if (!errand)
            return;
        double begun = plx_trace_now(d->tasks->run);
        plx_tray *tray = &d->trays[d->spare[d->next]];
        d->next = (d->next + 1) % d->n;
        d->spares--;
        give(d, tray, errand);
        plx_trace_served(d->tasks->run, begun);
    }
}

static void finish(plx_trays *d, plx_tray *tray)
{
    plx_errand *errand = tray->errand;
    errand->rank = tray->rank;
    errand->tries = tray->answer.tries;
    free_tray(d, tray);
    plx_tasks_end(d->tasks, errand, tray->answer.status, &tray->answer.failure);
}

/* The rank has received all that was sent to the tray, so ending those requests takes no time. */
static void receive(plx_trays *d)
{
    MPI_Status from;
    plx_tray_answer answer;
    MPI_Recv(&answer, sizeof answer, MPI_BYTE, MPI_ANY_SOURCE, PLX_TAG_HEAD, plx_tray_comm(d),
             &from);
    double begun = plx_trace_now(d->tasks->run);
    plx_tray *tray = &d->trays[d->first[from.MPI_SOURCE] + (size_t)answer.tray];
    plx_tray_layout lay = plx_tray_lay(tray->errand->kernel, &tray->order);
    plx_tray_finish(tray);
    tray->answer = answer;
    plx_run_trouble(d->tasks->run, answer.trouble);
    if (answer.room) {
        send_order(d, tray, PLX_ORDER_DATA, 0);
        send_data(d, tray, &lay);
    } else {
        size_t size = answer.status == PLX_OK ? lay.out_size : 0;
        tray->requested = plx_move_begin_receive(plx_tray_comm(d), tray->errand->task.out, size,
                                                 tray->rank, PLX_TAG_OUT, tray->requests);
        tray->filling = true;
        d->coming[d->comings++] = tray;
    }
    plx_trace_served(d->tasks->run, begun);
}

/* The last of the list takes the place of one that has come. */
static void finish_come(plx_trays *d)
{
    for (size_t i = 0; i < d->comings;)
        if (plx_tray_filled(d->coming[i])) {
            plx_tray *tray = d->coming[i];
            d->coming[i] = d->coming[--d->comings];
            finish(d, tray);
        } else
            i++;
}

/* Open MPI's probe looks, progresses, and returns without looking again, so it is asked twice. */
void plx_tray_deal(void *arg)
{
    plx_trays *d = arg;
    for (int look = 0, found; look < 2 && d->spares < d->n; look++) {
        MPI_Iprobe(MPI_ANY_SOURCE, PLX_TAG_HEAD, plx_tray_comm(d), &found, MPI_STATUS_IGNORE);
        if (found) {
            receive(d);
            look = -1;
        }
    }
    finish_come(d);
    deal(d);
}

void plx_tray_dismiss(plx_trays *d)
{
    const plx_order end = {.kind = PLX_ORDER_END};
    for (int r = 1; r < d->team->ranks; r++)
        MPI_Send(&end, offsetof(plx_order, ctx), MPI_BYTE, r, PLX_TAG_HEAD, plx_tray_comm(d));
}
