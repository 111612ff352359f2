/* SPDX-License-Identifier: MIT */
/*
 * mpi/progress.c: what the other ranks have done reaches rank 0, if progress is asked for.
 *
 * A rank tells what has come to it since it told last, in one short message at a time, whenever its
 * own progress would be shown; rank 0 counts it in before it shows its own. The last that a rank
 * tells says so, and rank 0 waits for that of each: so no message is left.
 */
#include "mpi/model.h"

/* A rank other than 0, the calling thread, about every every_s. */
void plx_progress_tell(void *arg, const plx_progress *now)
{
    plx_team *team = arg;
    plx_ranks *ranks = team->own;
    plx_far *far = &ranks->far;
    int done = 0;
    if (far->on)
        MPI_Test(&far->sent, &done, MPI_STATUS_IGNORE);
    if (!done)
        return;
    far->news = (plx_tally){.done = now->done - far->done, .failed = now->failed - far->failed};
    far->done = now->done;
    far->failed = now->failed;
    MPI_Isend(&far->news, sizeof far->news, MPI_BYTE, 0, PLX_TAG_PROGRESS, ranks->comm, &far->sent);
}

/* Rank 0. Open MPI's probe looks, progresses, and returns without looking again, so it is asked
   twice. */
static void count_told(void *arg)
{
    plx_team *team = arg;
    plx_ranks *ranks = team->own;
    plx_far *far = &ranks->far;
    for (int look = 0, found; look < 2 && far->on && far->lasts < team->ranks - 1; look++) {
        MPI_Status from;
        plx_tally told;
        MPI_Iprobe(MPI_ANY_SOURCE, PLX_TAG_PROGRESS, ranks->comm, &found, &from);
        if (!found)
            continue;
        MPI_Recv(&told, sizeof told, MPI_BYTE, from.MPI_SOURCE, PLX_TAG_PROGRESS, ranks->comm,
                 MPI_STATUS_IGNORE);
        plx_pace_count(far->pace, told.done, told.failed);
        far->lasts += told.last != 0;
        look = -1;
    }
}

void plx_progress_open(plx_team *team, plx_pace *pace)
{
    plx_ranks *ranks = team->own;
    ranks->far = (plx_far){.pace = pace, .sent = MPI_REQUEST_NULL};
    ranks->far.on = team->ranks > 1 && plx_pace_shows(pace);
    if (ranks->far.on && team->rank == 0) {
        pace->collect = count_told;
        pace->collect_arg = team;
    }
}

static void tell_last(plx_team *team)
{
    plx_ranks *ranks = team->own;
    plx_far *far = &ranks->far;
    MPI_Wait(&far->sent, MPI_STATUS_IGNORE);
    plx_tally told = {.done = atomic_load(&far->pace->done) - far->done,
                      .failed = atomic_load(&far->pace->failed) - far->failed,
                      .last = 1};
    MPI_Send(&told, sizeof told, MPI_BYTE, 0, PLX_TAG_PROGRESS, ranks->comm);
}

static void wait_for_lasts(plx_team *team, plx_run *run)
{
    plx_ranks *ranks = team->own;
    plx_far *far = &ranks->far;
    for (; far->lasts < team->ranks - 1; plx_clock_sleep(2e-4)) {
        if (run->between)
            run->between(run->between_arg);
        count_told(team);
        plx_pace_show(far->pace);
    }
    plx_pace_show(far->pace);
}

void plx_progress_end(plx_team *team, plx_run *run)
{
    plx_ranks *ranks = team->own;
    plx_far *far = &ranks->far;
    if (!far->on)
        return;
    if (team->rank != 0)
        tell_last(team);
    else
        wait_for_lasts(team, run);
    far->on = false;
}
