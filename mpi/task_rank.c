/* SPDX-License-Identifier: MIT */
/*
 * mpi/task_rank.c: a rank other than 0 runs what it is sent, in a scope of its own.
 *
 * Worker 0 receives and sends between the blocks of the tasks that it runs itself, and when there
 * is nothing to run. Every task that came in is answered, whatever became of it.
 */
#include "mpi/task.h"

#include <math.h>
#include <stdlib.h>

#include "core/task.h"

static char *data_of(const plx_tray *tray)
{
    return tray->large ? tray->large : tray->data;
}

static void send_answer(plx_trays *d, plx_tray *tray, size_t out_size)
{
    const char *out = tray->mine.task.out;
    tray->answer.tray = (int)(tray - d->trays);
    tray->answer.trouble = (plx_status)atomic_load(&d->tasks->run->trouble);
    tray->requested = plx_move_begin_send(plx_tray_comm(d), &tray->answer, sizeof tray->answer, 0,
                                          PLX_TAG_HEAD, tray->requests);
    tray->requested += plx_move_begin_send(plx_tray_comm(d), out, out_size, 0, PLX_TAG_OUT,
                                           tray->requests + tray->requested);
}

static void begin_data(plx_trays *d, plx_tray *tray, const plx_tray_layout *lay)
{
    char *data = data_of(tray);
    plx_tray_finish(tray);
    tray->requested =
        plx_move_begin_receive(plx_tray_comm(d), data, lay->at_size, 0, PLX_TAG_AT, tray->requests);
    tray->requested += plx_move_begin_receive(plx_tray_comm(d), data + lay->in, lay->in_size, 0,
                                              PLX_TAG_IN, tray->requests + tray->requested);
    tray->filling = true;
}

/* What the order says, over the room that its data will have. */
static void make_errand(plx_trays *d, plx_tray *tray, const plx_tray_layout *lay)
{
    const plx_order *order = &tray->order;
    const plx_kernel *kernel = &plx_scope_known(d->tasks, order->place)->kernel;
    char *data = data_of(tray);
    tray->mine = (plx_errand){
        .kernel = kernel,
        .place = order->place,
        .number = order->number,
        .task = {.lo = order->lo,
                 .hi = order->hi,
                 .ctx = kernel->ctx_size ? order->ctx : NULL,
                 .in = kernel->in_size ? data + lay->in : NULL,
                 .at = lay->at_size ? (const size_t *)(const void *)data : NULL,
                 .out = data + lay->out,
                 .priority = order->priority},
    };
    tray->errand = &tray->mine;
}

/* A large task's data wait at rank 0 for the answer that there is room; or the task ends here. */
static void begin_task(plx_trays *d, plx_tray *tray)
{
    const plx_kernel *kernel = &plx_scope_known(d->tasks, tray->order.place)->kernel;
    plx_tray_layout lay = plx_tray_lay(kernel, &tray->order);
    bool small = lay.total <= PLX_TRAY_EAGER, room = small;
    plx_tray_finish(tray);
    free(tray->large);
    tray->large = NULL;
    if (!small) {
        tray->large = aligned_alloc(64, lay.total);
        room = tray->large && plx_tray_reserve(tray, &lay);
    }
    make_errand(d, tray, &lay);
    if (small)
        begin_data(d, tray, &lay);
    else {
        tray->answer = (plx_tray_answer){.room = room, .status = room ? PLX_OK : PLX_NO_MEMORY};
        send_answer(d, tray, 0);
    }
}

static void receive(plx_trays *d)
{
    plx_order order;
    MPI_Recv(&order, sizeof order, MPI_BYTE, 0, PLX_TAG_HEAD, plx_tray_comm(d), MPI_STATUS_IGNORE);
    double begun = plx_trace_now(d->tasks->run);
    plx_tray *tray = &d->trays[order.tray];
    if (order.kind == PLX_ORDER_TASK) {
        tray->order = order;
        begin_task(d, tray);
    } else if (order.kind == PLX_ORDER_DATA) {
        plx_tray_layout lay = plx_tray_lay(tray->mine.kernel, &tray->order);
        begin_data(d, tray, &lay);
    }
    d->over = order.kind == PLX_ORDER_END;
    plx_trace_served(d->tasks->run, begun);
}

/* Offsets came as they lie at rank 0, where they need not begin with 0. */
static void push(plx_trays *d, plx_tray *tray)
{
    size_t *at = tray->mine.task.at ? (size_t *)(void *)data_of(tray) : NULL;
    for (size_t i = 0, base = at ? at[0] : 0; at && i <= tray->order.hi - tray->order.lo; i++)
        at[i] -= base;
    if (plx_tasks_push(d->tasks, &tray->mine) != PLX_OK)
        plx_tasks_end(d->tasks, &tray->mine, PLX_NO_MEMORY, NULL);
}

static void send_ended(plx_trays *d, plx_tray *tray)
{
    plx_errand *errand = &tray->mine;
    plx_tray_layout lay = plx_tray_lay(errand->kernel, &tray->order);
    double begun = plx_trace_now(d->tasks->run);
    tray->answer = (plx_tray_answer){
        .status = errand->status, .tries = errand->tries, .failure = errand->failure};
    send_answer(d, tray, errand->status == PLX_OK ? lay.out_size : 0);
    plx_trace_served(d->tasks->run, begun);
}

static plx_tray *tray_of(plx_errand *errand)
{
    return (plx_tray *)(void *)((char *)errand - offsetof(plx_tray, mine));
}

void plx_tray_serve(void *arg)
{
    plx_trays *d = arg;
    for (int look = 0, found; look < 2 && !d->over; look++) {
        MPI_Iprobe(0, PLX_TAG_HEAD, plx_tray_comm(d), &found, MPI_STATUS_IGNORE);
        if (found) {
            receive(d);
            look = -1;
        }
    }
    for (size_t i = 0; i < d->n; i++)
        if (plx_tray_filled(&d->trays[i]))
            push(d, &d->trays[i]);
    for (plx_errand *errand = plx_tasks_ended(d->tasks), *next; errand; errand = next) {
        next = errand->link;
        send_ended(d, tray_of(errand));
    }
}

void plx_tray_follow(plx_tasks *tasks)
{
    plx_trays *d = tasks->ranks;
    for (unsigned looks = 0; !d->over; looks++) {
        plx_tasks_serve(tasks);
        if (plx_tasks_work(tasks, 0))
            looks = 0;
        else if (!d->over)
            plx_tasks_rest(tasks, looks, HUGE_VAL);
    }
    for (size_t i = 0; i < d->n; i++)
        plx_tray_finish(&d->trays[i]);
}
