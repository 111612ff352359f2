/* SPDX-License-Identifier: MIT */
/*
 * mpi/model.c: the model's row; starting MPI, opening and closing teams of ranks.
 *
 * MPI starts once in a process and cannot start again: the first team starts it if nobody has,
 * closing a team never finalises, normal exit does. That is the library's one process-wide act.
 */
#define _POSIX_C_SOURCE 200809L
#include "mpi/model.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plx/on_comm.h"

static bool started_here;

static bool is_finalized(void)
{
    int finalized = 0;
    MPI_Finalized(&finalized);
    return finalized;
}

void plx_mpi_finish(void)
{
    if (started_here && !is_finalized())
        MPI_Finalize();
}

static plx_status start_mpi(bool may_start)
{
    int initialized = 0, provided = 0;
    MPI_Initialized(&initialized);
    if (is_finalized() || (!initialized && !may_start))
        return PLX_SYSTEM;
    if (initialized)
        return PLX_OK;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    started_here = true;
    atexit(plx_mpi_finish);
    return PLX_OK;
}

static plx_status worst(MPI_Comm comm, plx_status mine)
{
    int all = (int)mine;
    MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT, MPI_MAX, comm);
    return (plx_status)all;
}

plx_status plx_mpi_agree(plx_team *team, plx_status mine)
{
    const plx_ranks *ranks = team->own;
    return worst(ranks->comm, mine);
}

int plx_mpi_lowest(plx_team *team, bool mine)
{
    const plx_ranks *ranks = team->own;
    int rank = mine ? team->rank : team->ranks;
    MPI_Allreduce(MPI_IN_PLACE, &rank, 1, MPI_INT, MPI_MIN, ranks->comm);
    return rank;
}

void plx_mpi_tell(plx_team *team, int from, void *bytes, size_t size)
{
    const plx_ranks *ranks = team->own;
    plx_move_share(ranks->comm, bytes, size, from);
}

static void count_hosts(MPI_Comm comm, int *hosts, int *here)
{
    MPI_Comm host;
    int rank;
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host);
    MPI_Comm_size(host, here);
    MPI_Comm_rank(host, &rank);
    MPI_Comm_free(&host);
    *hosts = rank == 0;
    MPI_Allreduce(MPI_IN_PLACE, hosts, 1, MPI_INT, MPI_SUM, comm);
}

/* A rank that the launcher bound has its cores for itself; unbound ranks of one host share what
   they see. Bound is who sees fewer cores than are online. */
static int share_of_cores(int host_ranks)
{
    int cores = plx_cores();
    if (cores < sysconf(_SC_NPROCESSORS_ONLN))
        return cores;
    return cores / host_ranks > 0 ? cores / host_ranks : 1;
}

static bool may_use_threads(int threads)
{
    int provided = MPI_THREAD_SINGLE;
    MPI_Query_thread(&provided);
    return threads == 1 || provided >= MPI_THREAD_FUNNELED;
}

static void free_ranks(plx_ranks *ranks)
{
    if (!ranks)
        return;
    free(ranks->threads);
    free(ranks->counts);
    free(ranks->mine);
    free(ranks->in.bytes);
    free(ranks->at.bytes);
    free(ranks->out.bytes);
    free(ranks->roots.bytes);
    free(ranks->parcels.bytes);
    free(ranks->codes.bytes);
    free(ranks->requests.bytes);
    free(ranks);
}

static plx_ranks *make_ranks(int size, int threads)
{
    plx_ranks *ranks = calloc(1, sizeof *ranks);
    int length;
    if (!ranks)
        return NULL;
    MPI_Get_library_version(ranks->library, &length);
    ranks->library[strcspn(ranks->library, ",\n")] = '\0';
    ranks->threads = calloc((size_t)size, sizeof *ranks->threads);
    ranks->counts = calloc(2 * (size_t)size, sizeof *ranks->counts);
    ranks->mine = calloc((size_t)threads, sizeof *ranks->mine);
    if (ranks->threads && ranks->counts && ranks->mine)
        return ranks;
    free_ranks(ranks);
    return NULL;
}

static void count_workers(plx_team *team, plx_ranks *ranks)
{
    team->threads = team->workers = team->inner->threads;
    if (team->apart[0])
        return;
    team->workers = 0;
    MPI_Allgather(&team->threads, 1, MPI_INT, ranks->threads, 1, MPI_INT, ranks->comm);
    for (int r = 0; r < team->ranks; r++)
        team->workers += ranks->threads[r];
}

static plx_status open_team(plx_team *team, const plx_model *inner, int threads, plx_status mine)
{
    const MPI_Comm *users = team->own;
    team->own = NULL;
    plx_status status = start_mpi(users == NULL);
    if (status != PLX_OK)
        return status;
    MPI_Comm comm;
    MPI_Comm_dup(users ? *users : MPI_COMM_WORLD, &comm);
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_size(comm, &team->ranks);
    MPI_Comm_rank(comm, &team->rank);
    plx_fit_check(comm, team->apart); /* before all else that ranks tell each other */
    int hosts = 1, host_ranks = 1;
    if (!team->apart[0])
        count_hosts(comm, &hosts, &host_ranks);
    int cores = share_of_cores(host_ranks);
    status = mine;
    if (status == PLX_OK)
        status = plx_team_make(inner, NULL, threads, cores, NULL, PLX_OK, &team->inner);
    if (status == PLX_OK && !may_use_threads(team->inner->threads))
        status = PLX_SYSTEM;
    plx_ranks *ranks = status == PLX_OK ? make_ranks(team->ranks, team->inner->threads) : NULL;
    if (status == PLX_OK && !ranks)
        status = PLX_NO_MEMORY;
    if (!team->apart[0])
        status = worst(comm, status);
    if (status != PLX_OK) {
        free_ranks(ranks);
        MPI_Comm_free(&comm);
        return status;
    }
    ranks->comm = comm;
    ranks->hosts = hosts;
    ranks->host_ranks = host_ranks;
    team->own = ranks;
    count_workers(team, ranks);
    return PLX_OK;
}

static const char *level_name(void)
{
    int level = MPI_THREAD_SINGLE;
    MPI_Query_thread(&level);
    return level == MPI_THREAD_MULTIPLE     ? "multiple"
           : level == MPI_THREAD_SERIALIZED ? "serialized"
           : level == MPI_THREAD_FUNNELED   ? "funneled"
                                            : "single";
}

static void tell_info(const plx_team *team, plx_team_info *info)
{
    const plx_ranks *ranks = team->own;
    info->hosts = ranks->hosts;
    info->host_ranks = ranks->host_ranks;
    info->mpi = ranks->library;
    info->thread_level = level_name();
}

/* A team that outlives MPI has nothing left to free there. */
static void close_team(plx_team *team)
{
    plx_ranks *ranks = team->own;
    if (!is_finalized())
        MPI_Comm_free(&ranks->comm);
    free_ranks(ranks);
}

const plx_model plx_mpi_model = {
    .name = "mpi",
    .open = open_team,
    .close = close_team,
    .agree = plx_mpi_agree,
    .lowest = plx_mpi_lowest,
    .tell = plx_mpi_tell,
    .begin = plx_mpi_begin,
    .enter = plx_mpi_enter,
    .leave = plx_mpi_leave,
    .info = tell_info,
    .report = plx_mpi_report,
    .map = plx_mpi_map,
    .reduce = plx_mpi_reduce,
    .fan = plx_mpi_fan,
    .pipeline = plx_mpi_pipeline,
    .scan = plx_mpi_scan,
    .queue = plx_mpi_queue,
    .divide = plx_mpi_divide,
    .task = plx_mpi_task,
};

plx_status plx_open_on(MPI_Comm comm, const char *inner, int threads, plx_team **team)
{
    *team = NULL;
    const plx_model_row *row = inner ? plx_models_find(inner) : NULL;
    plx_status mine = !row || row->inner ? PLX_BAD_JOB : row->model ? PLX_OK : PLX_UNSUPPORTED;
    return plx_team_make(&plx_mpi_model, row ? row->model : NULL, threads, plx_cores(), &comm, mine,
                         team);
}
