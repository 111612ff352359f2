/* SPDX-License-Identifier: MIT */
/* pthread/model.c: the model's row. A team owns a pool. */
#include "pthread/model.h"

static plx_status open_team(plx_team *team, const plx_model *inner, int threads, plx_status mine)
{
    (void)inner;
    plx_pool *pool = plx_pool_open(threads ? threads : team->cores);
    if (!pool)
        return PLX_NO_MEMORY;
    team->own = pool;
    team->threads = team->workers = plx_pool_threads(pool);
    return mine;
}

static void close_team(plx_team *team)
{
    plx_pool_close(team->own);
}

const plx_model plx_pthread_model = {
    .name = "pthread",
    .open = open_team,
    .close = close_team,
    .map = plx_pthread_map,
    .reduce = plx_pthread_reduce,
    .fan = plx_pthread_fan,
    .pipeline = plx_pthread_pipeline,
    .scan = plx_pthread_scan,
    .divide = plx_pthread_divide,
    .queue = plx_pthread_queue,
    .task = plx_pthread_task,
};
