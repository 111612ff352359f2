/* SPDX-License-Identifier: MIT */
/*
 * tests/deal/left.c: the linker puts these in front of the library's own calls (--wrap): after each
 * of them no rank may have a message left that nobody reads, and none may ask for an accumulator
 * after the verdict, when no other rank would hear that there is no memory.
 *
 * All ranks have sent whatever they send when they meet; Open MPI looks before it progresses, so it
 * is asked twice.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/team.h"
#include "mpi/model.h"

plx_status __real_plx_map(plx_team *, const plx_job *, plx_report *);
plx_status __wrap_plx_map(plx_team *, const plx_job *, plx_report *);
plx_status __real_plx_reduce(plx_team *, const plx_job *, plx_report *);
plx_status __wrap_plx_reduce(plx_team *, const plx_job *, plx_report *);
plx_status __real_plx_scan(plx_team *, const plx_job *, plx_report *);
plx_status __wrap_plx_scan(plx_team *, const plx_job *, plx_report *);
plx_status __real_plx_produce(plx_team *, const plx_job *, const plx_steps *, plx_report *);
plx_status __wrap_plx_produce(plx_team *, const plx_job *, const plx_steps *, plx_report *);
plx_status __real_plx_fan(plx_team *, const plx_job *, const plx_task *, const plx_join *,
                          plx_report *);
plx_status __wrap_plx_fan(plx_team *, const plx_job *, const plx_task *, const plx_join *,
                          plx_report *);
plx_status __real_plx_batch(plx_team *, const plx_job *, const plx_stream *, plx_report *);
plx_status __wrap_plx_batch(plx_team *, const plx_job *, const plx_stream *, plx_report *);
plx_status __real_plx_scope(plx_team *, const plx_job *, void (*)(plx_tasks *, void *), void *,
                            plx_report *);
plx_status __wrap_plx_scope(plx_team *, const plx_job *, void (*)(plx_tasks *, void *), void *,
                            plx_report *);

void __real_plx_verdict(plx_team *, plx_run *);
void __wrap_plx_verdict(plx_team *, plx_run *);
void *__real_aligned_alloc(size_t, size_t);
void *__wrap_aligned_alloc(size_t, size_t);

static bool judged; /* a call whose verdict was given has not yet returned */

/* A reduce of no blocks has an identity to make, each rank its own. */
void __wrap_plx_verdict(plx_team *team, plx_run *run)
{
    __real_plx_verdict(team, run);
    judged = run->blocks > 0;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    if (judged) {
        fprintf(stderr, "memory that was not reserved is asked for after the verdict\n");
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return __real_aligned_alloc(alignment, size);
}

static void look(const plx_team *team)
{
    if (!team || team->model != &plx_mpi_model)
        return;
    const plx_ranks *ranks = team->own;
    MPI_Status what;
    MPI_Barrier(ranks->comm);
    for (int looks = 0, found = 0; looks < 2; looks++) {
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, ranks->comm, &found, &what);
        if (found) {
            fprintf(stderr, "rank %d: a message of rank %d with tag %d is left unread\n",
                    team->rank, what.MPI_SOURCE, what.MPI_TAG);
            MPI_Abort(MPI_COMM_WORLD, 1);
        }
    }
}

plx_status __wrap_plx_map(plx_team *team, const plx_job *job, plx_report *report)
{
    plx_status status = __real_plx_map(team, job, report);
    judged = false;
    look(team);
    return status;
}

plx_status __wrap_plx_reduce(plx_team *team, const plx_job *job, plx_report *report)
{
    plx_status status = __real_plx_reduce(team, job, report);
    judged = false;
    look(team);
    return status;
}

plx_status __wrap_plx_scan(plx_team *team, const plx_job *job, plx_report *report)
{
    plx_status status = __real_plx_scan(team, job, report);
    judged = false;
    look(team);
    return status;
}

plx_status __wrap_plx_produce(plx_team *team, const plx_job *job, const plx_steps *steps,
                              plx_report *report)
{
    plx_status status = __real_plx_produce(team, job, steps, report);
    look(team);
    return status;
}

plx_status __wrap_plx_fan(plx_team *team, const plx_job *job, const plx_task *tasks,
                          const plx_join *join, plx_report *report)
{
    plx_status status = __real_plx_fan(team, job, tasks, join, report);
    judged = false;
    look(team);
    return status;
}

plx_status __wrap_plx_batch(plx_team *team, const plx_job *job, const plx_stream *stream,
                            plx_report *report)
{
    plx_status status = __real_plx_batch(team, job, stream, report);
    judged = false;
    look(team);
    return status;
}

plx_status __wrap_plx_scope(plx_team *team, const plx_job *job,
                            void (*body)(plx_tasks *, void *), void *user, plx_report *report)
{
    plx_status status = __real_plx_scope(team, job, body, user, report);
    look(team);
    return status;
}
