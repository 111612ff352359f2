/* SPDX-License-Identifier: MIT */
/*
 * mpi/policy.c: a call's policy becomes rank 0's, and its parts those of ranks.
 *
 * Numbers travel in the opening. What is a pointer means something to its own rank alone, so each
 * keeps its own; one that has no fallback where rank 0 has one cannot do what rank 0 asks for.
 */
#include <string.h>

#include "mpi/model.h"

enum { PIECE = 256 }; /* codes of one message, on the stack: so no rank can be short of memory */

static plx_status share_codes(const plx_team *team, plx_policy *policy)
{
    plx_ranks *ranks = team->own;
    const int *mine = policy->retry_codes;
    size_t n = policy->retry_codes_n;
    int piece[PIECE];
    int *room = team->rank ? plx_room_grow(&ranks->codes, n * sizeof *room) : NULL;
    for (size_t at = 0, some; at < n; at += some) {
        some = n - at < PIECE ? n - at : PIECE;
        if (team->rank == 0)
            memcpy(piece, mine + at, some * sizeof *piece);
        MPI_Bcast(piece, (int)some, MPI_INT, 0, ranks->comm);
        if (room)
            memcpy(room + at, piece, some * sizeof *piece);
    }
    if (team->rank)
        policy->retry_codes = room;
    return team->rank == 0 || room ? PLX_OK : PLX_NO_MEMORY;
}

static plx_status check_own(const plx_team *team, const plx_policy *root, const plx_policy *own,
                            char why[108])
{
    const char *missing = root->fallback && !own->fallback     ? "fallback"
                          : root->resources && !own->resources ? "resources"
                                                               : NULL;
    if (!missing)
        return PLX_OK;
    plx_check_say(why, "rank %d: policy's %s is missing, which rank 0 has", team->rank, missing);
    return PLX_BAD_JOB;
}

plx_status plx_mpi_policy_adopt(plx_team *team, plx_call *call, const plx_policy *root, bool good)
{
    plx_status status = PLX_OK;
    plx_policy own = call->policy, next = *root;
    if (team->rank) {
        status = check_own(team, root, &own, call->run.why);
        next.fallback = root->fallback ? own.fallback : NULL;
        next.resources = root->resources ? own.resources : NULL;
        next.stop = own.stop;
        next.clock = own.clock;
        next.retry_codes = NULL;
        next.progress = root->progress ? plx_progress_tell : NULL;
        next.progress_user = team;
        call->policy = next;
        call->job.policy = &call->policy;
    }
    if (good && root->retry_codes_n) {
        plx_status shared = share_codes(team, &call->policy);
        status = status == PLX_OK ? shared : status;
    }
    return status;
}

void plx_mpi_policy_enter(plx_team *team, plx_call *call)
{
    const plx_ranks *ranks = team->own;
    const plx_job *job = &call->job;
    bool serves = ranks->deal && plx_deal_serves(team, job->schedule, job->where);
    plx_pace_part(&call->pace, team->ranks - serves);
    plx_progress_open(team, &call->pace);
}
