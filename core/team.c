/* SPDX-License-Identifier: MIT */
/* core/team.c: opening and closing teams, and what can be asked of one outside a call. */
#include <stdlib.h>
#include <string.h>

#include "core/team.h"

enum { MOST_THREADS = 65536 };

static void begin(plx_team *team, const plx_model *model, int cores, void *own)
{
    memset(team, 0, sizeof *team);
    team->model = model;
    team->cores = cores;
    team->ranks = 1;
    team->own = own;
    atomic_flag_clear(&team->busy);
}

/* Under mpi a rank with an error still opens: the others wait for it to say so. */
plx_status plx_team_make(const plx_model *model, const plx_model *inner, int threads, int cores,
                         void *own, plx_status mine, plx_team **team)
{
    *team = NULL;
    plx_team *made = aligned_alloc(PLX_LINE, (sizeof *made + PLX_LINE - 1) / PLX_LINE * PLX_LINE);
    plx_team spare;
    plx_team *opened = made ? made : &spare;
    plx_status status = mine;
    if (status == PLX_OK && (threads < 0 || threads > MOST_THREADS))
        status = PLX_BAD_JOB;
    if (status == PLX_OK && !made)
        status = PLX_NO_MEMORY;
    begin(opened, model, cores, own);
    if (status == PLX_OK || model->agree)
        status = model->open(opened, inner, threads, status);
    if (status != PLX_OK) {
        plx_close(opened->inner);
        free(made);
        return status;
    }
    *team = made;
    return PLX_OK;
}

plx_status plx_open(const char *model, int threads, plx_team **team)
{
    *team = NULL;
    const plx_model_row *row = model ? plx_models_find(model) : NULL;
    if (!row)
        return PLX_BAD_JOB;
    if (!row->model)
        return PLX_UNSUPPORTED;
    return plx_team_make(row->model, row->inner, threads, plx_cores(), NULL, PLX_OK, team);
}

void plx_close(plx_team *team)
{
    if (!team)
        return;
    plx_close(team->inner);
    if (team->model->close)
        team->model->close(team);
    free(team);
}

int plx_team_rank(const plx_team *team)
{
    return team->rank;
}
int plx_team_ranks(const plx_team *team)
{
    return team->ranks;
}
int plx_team_threads(const plx_team *team)
{
    return team->threads;
}

void plx_team_about(const plx_team *team, plx_team_info *info)
{
    *info = (plx_team_info){.ranks = team->ranks,
                            .rank = team->rank,
                            .threads = team->threads,
                            .workers = team->workers,
                            .hosts = 1,
                            .host_ranks = 1,
                            .apart = team->apart[0] ? team->apart : NULL};
    if (team->model->info)
        team->model->info(team, info);
}

plx_status plx_agree(plx_team *team, plx_status mine)
{
    if (team->apart[0])
        return mine > PLX_MISMATCH ? mine : PLX_MISMATCH;
    return team->model->agree ? team->model->agree(team, mine) : mine;
}

size_t plx_grain(const plx_job *job)
{
    plx_kernel kernel;
    char why[108];
    if (job->grain)
        return job->grain;
    if (plx_check_kernel(job->kernel, PLX_FAN, &kernel, why) != PLX_OK)
        return 1;
    _Alignas(16) unsigned char room[PLX_CTX_MAX];
    const void *ctx = plx_check_ctx(&kernel, job->ctx, room);
    return kernel.ctx_size && !ctx ? 1 : plx_cut_chosen(job, &kernel, job->n, ctx);
}

plx_status plx_share(const plx_team *team, const plx_job *job, size_t *lo, size_t *hi)
{
    plx_kernel kernel;
    char why[108];
    _Alignas(16) unsigned char room[PLX_CTX_MAX];
    *lo = *hi = 0;
    plx_status status = plx_check_kernel(job->kernel, PLX_FAN, &kernel, why);
    if (status != PLX_OK)
        return status;
    plx_job filled = *job;
    filled.ctx = plx_check_ctx(&kernel, job->ctx, room);
    status = plx_check_job(&filled, &kernel, why);
    if (status != PLX_OK)
        return status;
    plx_run run;
    plx_run_cut(&run, &filled, &kernel, filled.ctx, filled.n);
    size_t first, end;
    plx_cut_share(run.blocks, team->ranks, team->rank, &first, &end);
    *lo = plx_cut_item(&run, first);
    *hi = plx_cut_item(&run, end);
    return PLX_OK;
}
