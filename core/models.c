/* SPDX-License-Identifier: MIT */
/*
 * core/models.c: the table of models: the one place where core names any of them.
 *
 * A hybrid is mpi with another model inside; plain mpi is mpi with serial inside.
 */
#include <string.h>

#include "core/team.h"

extern const plx_model plx_serial_model, plx_pthread_model;
#define NO_OMP "built without OpenMP: build with -D PLX_WITH_OMP=ON"
#define NO_MPI "built without MPI: build with -D PLX_WITH_MPI=ON"

#ifdef PLX_HAVE_OMP
extern const plx_model plx_omp_model;
#define OMP (&plx_omp_model)
#else
#define OMP NULL
#endif
#ifdef PLX_HAVE_MPI
extern const plx_model plx_mpi_model;
#define MPI (&plx_mpi_model)
#else
#define MPI NULL
#endif
#if defined PLX_HAVE_OMP && defined PLX_HAVE_MPI
#define HYBRID_OMP MPI
#else
#define HYBRID_OMP NULL
#endif
#ifdef PLX_HAVE_SIM
extern const plx_model plx_sim_model;
#endif
#if defined PLX_HAVE_MPI
#define NO_HYBRID NO_OMP
#else
#define NO_HYBRID NO_MPI
#endif

static const plx_model_row rows[] = {
    {"serial", "one plain loop: the specification and the base of every speed-up",
     &plx_serial_model, NULL, NULL},
    {"omp", "OpenMP tasks in one process", OMP, NULL, NO_OMP},
    {"pthread", "a pool of raw pthreads and C11 atomics in one process", &plx_pthread_model, NULL,
     NULL},
    {"mpi", "scatter and gather, or hand-outs, across ranks of one thread", MPI, &plx_serial_model,
     NO_MPI},
    {"mpi+omp", "ranks that run their parts by OpenMP tasks", HYBRID_OMP, OMP, NO_HYBRID},
    {"mpi+pthread", "ranks that run their parts by pthreads", MPI, &plx_pthread_model, NO_MPI},
#ifdef PLX_HAVE_SIM
    {"mpi+sim", "simulated ranks whose time passes as kernels declare", MPI, &plx_sim_model, NULL},
#endif
};

static const plx_pattern_row *const patterns[PLX_PATTERNS] = {
    [PLX_MAP] = &plx_row_map,
    [PLX_REDUCE] = &plx_row_reduce,
    [PLX_FAN] = &plx_row_fan,
    [PLX_BATCH] = &plx_row_batch,
    [PLX_PIPELINE] = &plx_row_pipeline,
    [PLX_QUEUE] = &plx_row_queue,
    [PLX_TASK] = &plx_row_task,
    [PLX_PRIORITY] = &plx_row_priority,
    [PLX_SCAN] = &plx_row_scan,
    [PLX_DIVIDE] = &plx_row_divide,
};

const plx_pattern_row *plx_models_pattern(plx_pattern pattern)
{
    return (unsigned)pattern < PLX_PATTERNS ? patterns[pattern] : NULL;
}

const plx_model_row *plx_models_row(size_t i)
{
    return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}

const plx_model_row *plx_models_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

bool plx_model_at(size_t i, plx_model_info *info)
{
    const plx_model_row *row = plx_models_row(i);
    if (!row)
        return false;
    *info = (plx_model_info){row->name, row->about, row->model != NULL,
                             row->model ? NULL : row->missing};
    return true;
}

const char *plx_pattern_name(plx_pattern pattern)
{
    const plx_pattern_row *row = plx_models_pattern(pattern);
    return row ? row->name : NULL;
}

const char *plx_pattern_about(plx_pattern pattern)
{
    const plx_pattern_row *row = plx_models_pattern(pattern);
    return row ? row->about : NULL;
}

bool plx_offers(const char *model, plx_pattern pattern, const char **why)
{
    const plx_model_row *row = model ? plx_models_find(model) : NULL;
    const plx_pattern_row *asked = plx_models_pattern(pattern);
    const char *reason = NULL;
    if (!row || !asked)
        reason = "there is no such model or pattern";
    else if (!row->model)
        reason = row->missing;
    else if (!asked->offered(row->model) || (row->inner && !asked->offered(row->inner)))
        reason = "this model does not have this pattern";
    if (why)
        *why = reason;
    return reason == NULL;
}
