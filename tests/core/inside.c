/* SPDX-License-Identifier: MIT */
#include "inside.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "core/team.h"
#include "pthread/model.h"

static plx_status open_run(plx_run *run, plx_kernel *copy, const plx_kernel *kernel, size_t n,
                           size_t grain, int workers, plx_schedule schedule)
{
    char why[108];
    plx_job job = {.kernel = kernel, .n = n, .grain = grain, .schedule = schedule};
    plx_check_kernel(kernel, PLX_REDUCE, copy, why);
    plx_run_cut(run, &job, copy, NULL, n);
    return plx_run_open(run, workers, true);
}

plx_status inside_reduce_in_order(const plx_kernel *kernel, size_t n, size_t grain,
                                  const size_t *order, void *out)
{
    plx_run run;
    plx_kernel copy;
    plx_status status = open_run(&run, &copy, kernel, n, grain, 1, PLX_GUIDED);
    for (size_t i = 0; status == PLX_OK && i < run.blocks; i++)
        plx_run_reduce(&run, order[i], order[i] + 1, 0);
    if (status == PLX_OK)
        status = plx_run_result(&run, out);
    plx_run_close(&run);
    return status;
}

/* Roots of one run put into another: what ranks do by messages. */
static void hand_on(plx_run *from, plx_run *to)
{
    plx_join_widen(to, from->end);
    for (size_t lo = from->first, hi; lo < from->end; lo = hi) {
        hi = plx_join_reach(from, lo);
        void *acc = plx_acc_take(to, 0);
        memcpy(acc, atomic_load(&from->waiting[lo]), from->kernel->acc_size);
        plx_join_put(to, lo, hi, acc, 0);
    }
}

plx_status inside_reduce_by_ranges(const plx_kernel *kernel, size_t n, size_t grain, int ranks,
                                   void *out)
{
    plx_run first;
    plx_kernel copy;
    plx_status status = open_run(&first, &copy, kernel, n, grain, 1, PLX_GUIDED);
    plx_cut_share(first.blocks, ranks, 0, &first.first, &first.end);
    plx_run_reduce(&first, first.first, first.end, 0);
    for (int r = 1; r < ranks; r++) {
        plx_run next;
        status = open_run(&next, &copy, kernel, n, grain, 1, PLX_GUIDED);
        plx_cut_share(next.blocks, ranks, r, &next.first, &next.end);
        plx_run_reduce(&next, next.first, next.end, 0);
        hand_on(&next, &first);
        plx_run_close(&next);
    }
    if (status == PLX_OK)
        status = plx_run_result(&first, out);
    plx_run_close(&first);
    return status;
}

size_t inside_accumulators(const char *model, int threads, const plx_kernel *kernel, size_t n,
                           plx_schedule schedule)
{
    plx_team *team;
    plx_run run;
    plx_kernel copy;
    if (plx_open(model, threads, &team) != PLX_OK)
        return 0;
    size_t made = 0;
    if (open_run(&run, &copy, kernel, n, 0, team->threads, schedule) == PLX_OK) {
        team->model->reduce(team, &run);
        made = atomic_load(&run.made);
    }
    plx_run_close(&run);
    plx_close(team);
    return made;
}

size_t inside_lowest(const size_t *items, size_t n, size_t cap, size_t *listed)
{
    plx_run run = {0};
    plx_fails fails = {0};
    for (size_t i = 0; i < n; i++) {
        plx_failure failure = {.item = items[i]};
        plx_fails_add(&fails, &failure, cap, &run);
    }
    for (size_t i = 0; i < fails.n; i++)
        listed[i] = fails.list[i].item;
    size_t count = fails.count == n ? fails.n : 0;
    free(fails.list);
    return count;
}

size_t inside_merged(const size_t *items, size_t n, size_t cap, size_t *listed)
{
    plx_run run = {0};
    plx_fails all = {0};
    for (size_t first = 0; first < 3; first++) {
        plx_fails third = {0};
        for (size_t i = first; i < n; i += 3) {
            plx_failure failure = {.item = items[i]};
            plx_fails_add(&third, &failure, cap, &run);
        }
        plx_fails_merge(&all, third.list, third.n, cap, &run);
        free(third.list);
    }
    for (size_t i = 0; i < all.n; i++)
        listed[i] = all.list[i].item;
    free(all.list);
    return all.n;
}

typedef struct muster {
    int threads;
    _Atomic int came;
} muster;

/* The caller stays until all others have come, or for 20 s. */
static void stand(void *arg, int worker)
{
    muster *m = arg;
    double begun = plx_clock_s();
    atomic_fetch_add(&m->came, 1);
    while (worker == 0 && atomic_load(&m->came) < m->threads && plx_clock_s() < begun + 20)
        sched_yield();
}

int inside_pool(int threads, bool *all_ran)
{
    plx_pool *pool = plx_pool_open(threads);
    muster m = {.threads = plx_pool_threads(pool)};
    plx_pool_run(pool, stand, &m);
    *all_ran = atomic_load(&m.came) == m.threads;
    plx_pool_close(pool);
    return m.threads;
}

typedef struct rounds {
    _Atomic size_t round; /* 0: none is under way */
    _Atomic size_t bad;
    size_t *last; /* by worker */
} rounds;

static void note_round(void *arg, int worker)
{
    rounds *r = arg;
    size_t round = atomic_load(&r->round);
    if (round == 0 || r->last[worker] == round)
        atomic_fetch_add(&r->bad, 1);
    r->last[worker] = round;
    if (worker > 0 && round % 3 == 0)
        sched_yield();
    if (atomic_load(&r->round) != round)
        atomic_fetch_add(&r->bad, 1);
}

size_t inside_rounds(int threads, size_t n)
{
    rounds r = {.last = calloc((size_t)threads, sizeof *r.last)};
    plx_pool *pool = plx_pool_open(threads);
    for (size_t round = 1; round <= n; round++) {
        atomic_store(&r.round, round);
        plx_pool_run(pool, note_round, &r);
        atomic_store(&r.round, 0);
        for (int i = 0; i < 20; i++) /* late ones come now, and find it closed */
            sched_yield();
        if (r.last[0] != round)
            atomic_fetch_add(&r.bad, 1);
    }
    plx_pool_close(pool);
    free(r.last);
    return atomic_load(&r.bad);
}
