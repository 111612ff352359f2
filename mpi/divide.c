/* SPDX-License-Identifier: MIT */
/*
 * mpi/divide.c: every rank runs the body through the model inside; plx_both_across() halves the
 * ranks: the lower ones run f, the upper ones g, and then each swaps what was written with one of
 * the other half.
 *
 * Ranks that are together run the same code on the same bytes, so none may heed a stop that the
 * others do not know: there a rank does not look for its own, and what ranks saw where they were
 * alone travels with what they wrote. By the way of halves all of a group come to know the same.
 * Before the first plx_both_across() each is on its own; there all meet once, or at the body's end.
 */
#include "mpi/model.h"

enum { NOT_YET, TOGETHER, APART };                 /* how they met */
enum { ENTERED = 1, SAW_STOP = 2, JUST_ENDED = 4 }; /* what each comes with */

typedef struct span {
    plx_team *team;
    plx_run *run;
    int lo, hi; /* the ranks that are together */
    /* read by all workers: how they met, whether this rank is alone here, whether they agreed to
       stop, whether a part here was told so before they met */
    _Atomic int met;
    _Atomic bool alone, agreed, told;
} span;

static bool is_stopped(const plx_strand *strand)
{
    span *here = strand->forks->ranks;
    if (atomic_load(&here->agreed))
        return true;
    if (atomic_load(&here->met) == TOGETHER && !atomic_load(&here->alone))
        return false;
    bool stop = !plx_run_wants(here->run, 0);
    if (stop)
        atomic_store(&here->told, true);
    return stop;
}

static void agree_to_stop(span *here, plx_status why)
{
    atomic_store(&here->agreed, true);
    plx_run_trouble(here->run, why);
}

/* If one has returned early the others are not to wait for it: then each goes on alone. */
static void meet(span *here, bool ended)
{
    const plx_ranks *ranks = here->team->own;
    bool told = atomic_load(&here->told);
    int all = (ended ? 0 : ENTERED) | (told ? SAW_STOP : ended ? JUST_ENDED : 0);
    MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT, MPI_BOR, ranks->comm);
    bool apart = all & ENTERED && all & (SAW_STOP | JUST_ENDED);
    atomic_store(&here->met, apart ? APART : TOGETHER);
    if (apart)
        agree_to_stop(here, all & SAW_STOP ? PLX_STOPPED : PLX_MISMATCH);
}

/* Both ways at once, in pieces; either may be of no bytes. */
static void swap(const span *here, plx_bytes mine, plx_bytes theirs, int with)
{
    const plx_ranks *ranks = here->team->own;
    size_t most = mine.size > theirs.size ? mine.size : theirs.size;
    for (size_t at = 0; at < most; at += PLX_PIECE) {
        size_t out = mine.size > at ? mine.size - at : 0;
        size_t in = theirs.size > at ? theirs.size - at : 0;
        out = out < PLX_PIECE ? out : PLX_PIECE;
        in = in < PLX_PIECE ? in : PLX_PIECE;
        MPI_Sendrecv(out ? (char *)mine.at + at : NULL, (int)out, MPI_BYTE, with, PLX_TAG_JOIN,
                     in ? (char *)theirs.at + at : NULL, (int)in, MPI_BYTE, with, PLX_TAG_JOIN,
                     ranks->comm, MPI_STATUS_IGNORE);
    }
}

/* Each with one of the other half. If that is larger by one, its last gets from the first of all
   what it lacks, who has no more to learn from it. */
static void exchange(span *here, int half, plx_bytes low, plx_bytes high)
{
    static const plx_bytes none = {NULL, 0};
    int rank = here->team->rank;
    bool odd = here->hi - here->lo > 2 * half, lower = rank < here->lo + half;
    uint64_t mine = atomic_load(&here->agreed), theirs = 0;
    plx_bytes said = {&mine, sizeof mine}, heard = {&theirs, sizeof theirs};
    if (odd && rank == here->hi - 1) {
        swap(here, none, heard, here->lo);
        swap(here, none, low, here->lo);
    } else {
        int with = lower ? rank + half : rank - half;
        swap(here, said, heard, with);
        swap(here, lower ? low : high, lower ? high : low, with);
    }
    if (odd && rank == here->lo) {
        swap(here, said, none, here->hi - 1);
        swap(here, low, none, here->hi - 1);
    }
    if (theirs)
        agree_to_stop(here, PLX_STOPPED);
}

static void run_half(plx_strand *strand, int lo, int hi, plx_part_call *part, void *arg)
{
    span *here = strand->forks->ranks;
    int all_lo = here->lo, all_hi = here->hi;
    here->lo = lo;
    here->hi = hi;
    atomic_store(&here->alone, hi - lo == 1);
    part(strand, arg);
    if (atomic_load(&here->alone) && is_stopped(strand))
        atomic_store(&here->agreed, true);
    here->lo = all_lo;
    here->hi = all_hi;
    atomic_store(&here->alone, false);
}

static void both_across(plx_strand *strand, plx_part_call *f, void *x, plx_bytes f_writes,
                        plx_part_call *g, void *y, plx_bytes g_writes)
{
    span *here = strand->forks->ranks;
    if (atomic_load(&here->met) == NOT_YET)
        meet(here, false);
    if (atomic_load(&here->alone) || atomic_load(&here->met) == APART) {
        plx_both(strand, f, x, g, y);
        return;
    }
    int half = (here->hi - here->lo) / 2, middle = here->lo + half;
    if (here->team->rank < middle)
        run_half(strand, here->lo, middle, f, x);
    else
        run_half(strand, middle, here->hi, g, y);
    double begun = plx_clock_s();
    exchange(here, half, f_writes, g_writes);
    double took = plx_clock_s() - begun;
    strand->idle_s += took;
    here->run->gather_s += took;
    plx_trace_served(here->run, begun);
}

void plx_mpi_divide(plx_team *team, plx_forks *forks)
{
    span all = {.team = team, .run = forks->run, .hi = team->ranks};
    if (team->ranks > 1) {
        forks->ranks = &all;
        forks->across = both_across;
        forks->stopped = is_stopped;
    }
    team->inner->model->divide(team->inner, forks);
    if (team->ranks > 1 && atomic_load(&all.met) == NOT_YET)
        meet(&all, true);
    plx_verdict(team, forks->run);
}
