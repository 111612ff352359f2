/* SPDX-License-Identifier: MIT */
/*
 * mpi/task.c: a scope's body on rank 0, its tasks on all ranks; see mpi/task.h.
 *
 * One rank alone has nobody to send to. All trays are there before the ranks agree to start; only
 * what a large task needs is got on the way, where a rank can still say no.
 */
#include "mpi/task.h"

#include <stdlib.h>

#include "core/task.h"

enum { ALIGN = 64 };

MPI_Comm plx_tray_comm(const plx_trays *d)
{
    const plx_ranks *ranks = d->team->own;
    return ranks->comm;
}

static size_t in_lines(size_t size)
{
    return (size + ALIGN - 1) / ALIGN * ALIGN;
}

plx_tray_layout plx_tray_lay(const plx_kernel *kernel, const plx_order *order)
{
    plx_task range = {.lo = order->lo, .hi = order->hi};
    bool varies = kernel->in_size == PLX_VARIES;
    plx_tray_layout lay = {
        .at_size = varies ? (order->hi - order->lo + 1) * sizeof(size_t) : 0,
        .in_size = order->in_size,
        .out_size = plx_task_out_size(&range, kernel),
    };
    lay.in = in_lines(lay.at_size);
    lay.out = lay.in + in_lines(lay.in_size);
    lay.total = lay.out + in_lines(lay.out_size);
    return lay;
}

/* The order and its data, or the answer and the result. */
bool plx_tray_reserve(plx_tray *tray, const plx_tray_layout *lay)
{
    size_t most = plx_move_pieces(sizeof(plx_order)) + plx_move_pieces(lay->at_size) +
                  plx_move_pieces(lay->in_size) + plx_move_pieces(lay->out_size);
    if (most <= tray->room)
        return true;
    MPI_Request *requests = realloc((void *)tray->requests, most * sizeof *requests);
    if (!requests)
        return false;
    tray->requests = requests;
    tray->room = most;
    return true;
}

void plx_tray_finish(plx_tray *tray)
{
    plx_move_end(tray->requests, tray->requested);
    tray->requested = 0;
}

bool plx_tray_filled(plx_tray *tray)
{
    int done = 1;
    for (size_t i = 0; tray->filling && done && i < tray->requested; i++)
        MPI_Test(&tray->requests[i], &done, MPI_STATUS_IGNORE);
    if (!tray->filling || !done)
        return false;
    tray->filling = false;
    tray->requested = 0;
    return true;
}

/* Round the ranks first: few tasks come to as many ranks as there are. */
static void make_ring(plx_trays *d, const plx_ranks *ranks)
{
    size_t most = 0;
    for (int r = 1; r < d->team->ranks; r++) {
        size_t own = (size_t)ranks->threads[r] + PLX_TRAY_MORE;
        most = own > most ? own : most;
        for (size_t i = 0; i < own; i++)
            d->trays[d->first[r] + i].rank = r;
    }
    for (size_t turn = 0; turn < most; turn++)
        for (int r = 1; r < d->team->ranks; r++)
            if (turn < d->first[r + 1] - d->first[r])
                d->spare[d->spares++] = d->first[r] + turn;
}

static bool make_trays(plx_trays *d, const plx_ranks *ranks)
{
    bool root = d->team->rank == 0;
    d->n = (size_t)d->team->threads + PLX_TRAY_MORE;
    if (root) {
        d->first = calloc((size_t)d->team->ranks + 1, sizeof *d->first);
        if (!d->first)
            return false;
        d->n = 0;
        for (int r = 1; r < d->team->ranks; r++) {
            d->first[r] = d->n;
            d->n += (size_t)ranks->threads[r] + PLX_TRAY_MORE;
        }
        d->first[d->team->ranks] = d->n;
        d->spare = calloc(d->n, sizeof *d->spare);
        d->coming = calloc(d->n, sizeof *d->coming);
    }
    d->trays = aligned_alloc(_Alignof(plx_tray), d->n * sizeof *d->trays);
    for (size_t i = 0; d->trays && i < d->n; i++)
        d->trays[i] = (plx_tray){0};
    if (!d->trays || (root && (!d->spare || !d->coming)))
        return false;
    plx_tray_layout least = {
        .at_size = PLX_TRAY_EAGER, .in_size = PLX_TRAY_EAGER, .out_size = PLX_TRAY_EAGER};
    bool made = true;
    for (size_t i = 0; made && i < d->n; i++) {
        plx_tray *tray = &d->trays[i];
        tray->data = root ? NULL : aligned_alloc(ALIGN, PLX_TRAY_EAGER);
        made = plx_tray_reserve(tray, &least) && (root || tray->data);
    }
    if (root)
        make_ring(d, ranks);
    return made;
}

plx_status plx_mpi_task_open(plx_team *team, plx_tasks *tasks)
{
    plx_ranks *ranks = team->own;
    if (team->ranks == 1)
        return PLX_OK;
    plx_trays *d = ranks->trays = calloc(1, sizeof *d);
    if (!d)
        return PLX_NO_MEMORY;
    d->team = team;
    d->tasks = tasks;
    tasks->ranks = d;
    return make_trays(d, ranks) ? PLX_OK : PLX_NO_MEMORY;
}

void plx_mpi_task_close(plx_team *team)
{
    plx_ranks *ranks = team->own;
    plx_trays *d = ranks->trays;
    if (!d)
        return;
    for (size_t i = 0; d->trays && i < d->n; i++) {
        free((void *)d->trays[i].requests);
        free(d->trays[i].data);
        free(d->trays[i].large);
    }
    free(d->trays);
    free(d->first);
    free(d->spare);
    free((void *)d->coming);
    free(d);
    ranks->trays = NULL;
}

void plx_mpi_task(plx_team *team, plx_tasks *tasks)
{
    bool root = team->rank == 0;
    if (team->ranks > 1) {
        tasks->serve = root ? plx_tray_deal : plx_tray_serve;
        tasks->body = root ? tasks->body : plx_tray_follow;
        tasks->run->between = tasks->serve;
        tasks->run->between_arg = tasks->ranks;
    }
    team->inner->model->task(team->inner, tasks);
    if (team->ranks > 1 && root)
        plx_tray_dismiss(tasks->ranks);
    plx_verdict(team, tasks->run);
}
