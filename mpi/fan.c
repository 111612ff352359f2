/* SPDX-License-Identifier: MIT */
/*
 * mpi/fan.c: tasks dealt out to ranks, longest first, each to the rank that is free first.
 *
 * Every rank computes the same deal from the tasks' declared work, so no message says who runs
 * what. Inputs go out before, results come back as tasks end: worker 0, the only one that may talk
 * to MPI, sends and receives between its blocks. Rank 0 only begins to receive a result: the rank
 * that sends it may be in a long block, where it moves nothing on.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi/lpt.h"
#include "mpi/model.h"

typedef struct note {
    size_t task; /* PLX_NONE: this rank has ended */
    plx_status status;
} note;

typedef struct arrival {
    size_t task, first, pieces; /* its requests */
} arrival;

typedef struct plx_fan_ranks {
    plx_team *team;
    plx_fanout *fan;
    int *owner;       /* by task */
    char **in, **out; /* by task: room on the rank that runs it, if not rank 0 */
    size_t **at;      /* by task: its offsets, which begin with 0 */
    MPI_Request *requests;
    size_t requested;
    note *notes; /* in the order of sending */
    size_t sent;
    arrival *coming; /* rank 0: tasks that have ended and whose results are under way */
    size_t comings;
    int ended; /* rank 0: ranks that have said so */
} plx_fan_ranks;

/* order becomes what this rank runs, dearest first as before. */
static bool deal(plx_fan_ranks *own, const plx_ranks *ranks)
{
    plx_fanout *fan = own->fan;
    plx_lpt lpt;
    if (!plx_lpt_open(&lpt, ranks->threads, own->team->ranks))
        return false;
    size_t mine = 0;
    for (size_t i = 0; i < fan->n; i++) {
        size_t task = fan->order[i];
        int r = plx_lpt_give(&lpt, plx_fan_cost(fan, task));
        own->owner[task] = r;
        if (r == own->team->rank)
            fan->order[mine++] = task;
    }
    fan->orders = mine;
    plx_lpt_close(&lpt);
    return true;
}

/* A task that runs here gets room of this rank's own, and offsets that begin with 0. */
static bool make_task_room(plx_fan_ranks *own, size_t t)
{
    plx_task *task = &own->fan->tasks[t];
    size_t items = task->hi - task->lo;
    own->in[t] = malloc(plx_fan_in_size(own->fan, t) + 1);
    own->out[t] = malloc(plx_fan_out_size(own->fan, t) + 1);
    own->at[t] = task->at ? malloc((items + 1) * sizeof *task->at) : NULL;
    if (!own->in[t] || !own->out[t] || (task->at && !own->at[t]))
        return false;
    for (size_t i = 0; task->at && i <= items; i++)
        own->at[t][i] = task->at[i] - task->at[0];
    task->in = own->in[t];
    task->out = own->out[t];
    task->at = own->at[t];
    return true;
}

static bool make_room(plx_fan_ranks *own)
{
    for (size_t t = 0; t < own->fan->n && own->team->rank != 0; t++)
        if (own->owner[t] == own->team->rank && !make_task_room(own, t))
            return false;
    return true;
}

/* On rank 0 for all inputs and results, else for what this rank sends: the results of what it ran
   with a note each, and the last one. */
static bool make_requests(plx_fan_ranks *own)
{
    const plx_fanout *fan = own->fan;
    size_t most = fan->n + 1;
    for (size_t t = 0; t < fan->n; t++)
        if (own->owner[t] != 0)
            most += plx_move_pieces(plx_fan_out_size(fan, t)) +
                    (own->team->rank ? 0 : plx_move_pieces(plx_fan_in_size(fan, t)));
    own->requests = calloc(most, sizeof *own->requests);
    return own->requests != NULL;
}

plx_status plx_mpi_fan_open(plx_team *team, plx_fanout *fan)
{
    plx_ranks *ranks = team->own;
    plx_fan_ranks *own = ranks->fan = calloc(1, sizeof *own);
    if (!own)
        return PLX_NO_MEMORY;
    size_t n = fan->n + 1;
    *own = (plx_fan_ranks){
        .team = team,
        .fan = fan,
        .owner = calloc(n, sizeof *own->owner),
        .in = calloc(n, sizeof *own->in),
        .out = calloc(n, sizeof *own->out),
        .at = calloc(n, sizeof *own->at),
        .notes = calloc(n, sizeof *own->notes),
        .coming = calloc(n, sizeof *own->coming),
    };
    bool made = own->owner && own->in && own->out && own->at && own->notes && own->coming;
    return made && deal(own, ranks) && make_requests(own) && make_room(own) ? PLX_OK
                                                                            : PLX_NO_MEMORY;
}

void plx_mpi_fan_close(plx_team *team)
{
    plx_ranks *ranks = team->own;
    plx_fan_ranks *own = ranks->fan;
    if (!own)
        return;
    for (size_t t = 0; own->in && own->out && own->at && t < own->fan->n; t++) {
        free(own->in[t]);
        free(own->out[t]);
        free(own->at[t]);
    }
    free(own->owner);
    free((void *)own->in);
    free((void *)own->out);
    free((void *)own->at);
    free((void *)own->requests);
    free(own->notes);
    free(own->coming);
    free(own);
    ranks->fan = NULL;
}

static void send(plx_fan_ranks *own, const void *data, size_t size, int to, int tag)
{
    const plx_ranks *ranks = own->team->own;
    own->requested +=
        plx_move_begin_send(ranks->comm, data, size, to, tag, own->requests + own->requested);
}

/* In task order on both sides. */
static void move_inputs(plx_fan_ranks *own)
{
    const plx_ranks *ranks = own->team->own;
    plx_fanout *fan = own->fan;
    for (size_t t = 0; t < fan->n; t++) {
        int r = own->owner[t];
        size_t size = plx_fan_in_size(fan, t);
        if (r == 0 || size == 0)
            continue;
        size_t skip = fan->tasks[t].at ? fan->tasks[t].at[0] : 0;
        if (own->team->rank == 0)
            send(own, (const char *)fan->tasks[t].in + skip, size, r, PLX_TAG_IN);
        else if (own->team->rank == r)
            plx_move_receive(ranks->comm, own->in[t], size, 0, PLX_TAG_IN);
    }
}

/* A rank other than 0: worker 0 sends what ended so far. What it sent before moves on by a look. */
static void send_ended(void *arg)
{
    plx_fan_ranks *own = arg;
    const plx_ranks *ranks = own->team->own;
    plx_fanout *fan = own->fan;
    int found;
    if (own->sent)
        MPI_Iprobe(0, PLX_TAG_HEAD, ranks->comm, &found, MPI_STATUS_IGNORE);
    for (size_t t = plx_fan_take_ended(fan); t != PLX_NONE; t = atomic_load(&fan->link[t])) {
        double begun = plx_trace_now(fan->run);
        note *said = &own->notes[own->sent++];
        *said = (note){t, fan->status[t]};
        send(own, said, sizeof *said, 0, PLX_TAG_HEAD);
        if (said->status == PLX_OK && plx_fan_out_size(fan, t))
            send(own, own->out[t], plx_fan_out_size(fan, t), 0, PLX_TAG_OUT);
        plx_trace_served(fan->run, begun);
    }
}

static void receive(plx_fan_ranks *own)
{
    const plx_ranks *ranks = own->team->own;
    plx_fanout *fan = own->fan;
    MPI_Status from;
    note said;
    MPI_Recv(&said, sizeof said, MPI_BYTE, MPI_ANY_SOURCE, PLX_TAG_HEAD, ranks->comm, &from);
    if (said.task == PLX_NONE) {
        own->ended++;
        return;
    }
    double begun = plx_trace_now(fan->run);
    arrival *next = &own->coming[own->comings++];
    *next = (arrival){.task = said.task, .first = own->requested};
    if (said.status == PLX_OK)
        next->pieces = plx_move_begin_receive(ranks->comm, fan->tasks[said.task].out,
                                              plx_fan_out_size(fan, said.task), from.MPI_SOURCE,
                                              PLX_TAG_OUT, own->requests + next->first);
    own->requested += next->pieces;
    fan->status[said.task] = said.status;
    plx_trace_served(fan->run, begun);
}

static bool has_come(const plx_fan_ranks *own, const arrival *one)
{
    int done = 1;
    for (size_t i = 0; done && i < one->pieces; i++)
        MPI_Test(&own->requests[one->first + i], &done, MPI_STATUS_IGNORE);
    return done;
}

/* The last of the list takes the place of one that has come. */
static void tell_come(plx_fan_ranks *own)
{
    for (size_t i = 0; i < own->comings;)
        if (has_come(own, &own->coming[i])) {
            size_t task = own->coming[i].task;
            own->coming[i] = own->coming[--own->comings];
            plx_fan_tell(own->fan, task);
        } else
            i++;
}

/* Rank 0: Open MPI's probe looks, progresses, and returns without looking again, so it is asked
   twice. */
static void receive_ended(void *arg)
{
    plx_fan_ranks *own = arg;
    const plx_ranks *ranks = own->team->own;
    for (int look = 0, found; look < 2; look++) {
        MPI_Iprobe(MPI_ANY_SOURCE, PLX_TAG_HEAD, ranks->comm, &found, MPI_STATUS_IGNORE);
        if (found) {
            receive(own);
            look = -1;
        }
    }
    tell_come(own);
}

/* With nothing else left to do. */
static void receive_rest(plx_fan_ranks *own)
{
    while (own->ended < own->team->ranks - 1) {
        for (size_t i = 0; i < own->comings; i++)
            plx_move_end(own->requests + own->coming[i].first, own->coming[i].pieces);
        tell_come(own);
        receive(own);
    }
}

static void finish(plx_fan_ranks *own)
{
    static const note end = {PLX_NONE, PLX_OK};
    if (own->team->rank == 0) {
        plx_progress_end(own->team, own->fan->run);
        receive_rest(own);
    } else {
        send_ended(own);
        plx_progress_end(own->team, own->fan->run);
        send(own, &end, sizeof end, 0, PLX_TAG_HEAD);
    }
    plx_move_end(own->requests, own->requested);
    tell_come(own);
}

void plx_mpi_fan(plx_team *team, plx_fanout *fan)
{
    plx_ranks *ranks = team->own;
    double begun = plx_clock_s();
    move_inputs(ranks->fan);
    plx_run_moved(fan->run, PLX_SLICE_SCATTER, begun);
    fan->hold = team->rank != 0;
    fan->run->between = team->rank == 0 ? receive_ended : send_ended;
    fan->run->between_arg = ranks->fan;
    team->inner->model->fan(team->inner, fan);
    begun = plx_clock_s();
    finish(ranks->fan);
    plx_run_moved(fan->run, PLX_SLICE_GATHER, begun);
    plx_verdict(team, fan->run);
}
