/* SPDX-License-Identifier: MIT */
/*
 * pthread/divide.c: g is put into this worker's deque, f is called, g is taken back; if it is gone,
 * this worker runs other parts until g has ended.
 *
 * An offer lies in the frame of its plx_both(), which stays until the offer has ended. Workers with
 * nothing to run are *seekers* while they look about and *sleepers* afterwards. Nobody wakes a
 * sleeper while there is a seeker, who will see what was put; the last seeker that stops seeking
 * wakes the next one if there is more. Each count changes before its owner looks again, all of it
 * is seq_cst, so no offer is left lying with all others asleep.
 */
#include "pthread/model.h"

/* A worker whose stack holds this many taken parts, each waiting for one that another took, offers
   nothing more: so stacks have an end. */
enum { MOST_NESTED = 4096, NOBODY = -1 };

typedef struct offer {
    plx_part_call *part;
    void *arg;
    int owner;
    _Atomic int thief;
    _Atomic bool ended; /* the frame may be gone from then on */
} offer;

typedef struct crew {
    plx_forks *forks;
    plx_pool *pool;
    int workers;
    _Atomic bool over;
    _Alignas(PLX_LINE) _Atomic int sleepers, seekers;
} crew;

/* One worker that looks for something to run until what it waits for has come. */
typedef struct search {
    crew *crew;
    plx_strand *strand;
    offer *until;  /* NULL: the end of the call */
    double busy_s; /* with what it found */
} search;

static bool is_over(const search *s)
{
    return s->until ? atomic_load(&s->until->ended) : atomic_load(&s->crew->over);
}

static bool any_offer(const crew *c)
{
    for (int w = 0; w < c->workers; w++)
        if (plx_deque_has(&plx_pool_seat(c->pool, w)->deque))
            return true;
    return false;
}

/* A worker that sleeps becomes a seeker by the hand that wakes it, so that nobody wakes another
   meanwhile. */
static bool rouse(crew *c, int worker)
{
    plx_bed *bed = &plx_pool_seat(c->pool, worker)->bed;
    if (!plx_bed_claim(bed))
        return false;
    atomic_fetch_add(&c->seekers, 1);
    atomic_fetch_sub(&c->sleepers, 1);
    plx_bed_post(bed);
    return true;
}

static void rouse_one(crew *c)
{
    for (int w = 0; w < c->workers; w++)
        if (rouse(c, w))
            return;
}

__attribute__((noinline)) static void call_for_help(crew *c)
{
    if (atomic_load(&c->seekers) <= 0)
        rouse_one(c);
}

static void stop_seeking(crew *c)
{
    bool last = atomic_fetch_sub(&c->seekers, 1) == 1;
    if (last && atomic_load(&c->sleepers) > 0 && any_offer(c))
        rouse_one(c);
}

static offer *take_from(search *s, int victim)
{
    offer *taken = plx_deque_steal(&plx_pool_seat(s->crew->pool, victim)->deque);
    if (taken)
        atomic_store_explicit(&taken->thief, s->strand->worker, memory_order_relaxed);
    return taken;
}

/* First where its own offer went, then on from where it found something last. */
static offer *look_about(search *s)
{
    crew *c = s->crew;
    plx_seat *mine = s->strand->own;
    int thief = s->until ? atomic_load_explicit(&s->until->thief, memory_order_relaxed) : NOBODY;
    offer *found = thief == NOBODY ? NULL : take_from(s, thief);
    for (int i = 0; !found && i < c->workers; i++) {
        int victim = (mine->victim + i) % c->workers;
        if (victim != s->strand->worker && (found = take_from(s, victim)) != NULL)
            mine->victim = victim;
    }
    return found;
}

static void run(search *s, offer *taken)
{
    int owner = taken->owner;
    double begun = plx_clock_s();
    plx_forks_part(s->strand, taken->part, taken->arg);
    s->busy_s += plx_clock_s() - begun;
    atomic_store(&taken->ended, true);
    rouse(s->crew, owner);
}

static bool must_rise(void *arg)
{
    const search *s = arg;
    return is_over(s) || any_offer(s->crew);
}

static void sleep_a_while(search *s)
{
    crew *c = s->crew;
    atomic_fetch_add(&c->sleepers, 1);
    atomic_fetch_sub(&c->seekers, 1);
    if (!plx_bed_sleep(&plx_pool_seat(c->pool, s->strand->worker)->bed, must_rise, s)) {
        atomic_fetch_add(&c->seekers, 1);
        atomic_fetch_sub(&c->sleepers, 1);
    }
}

static void help_until_over(search *s)
{
    crew *c = s->crew;
    int spins = plx_pool_spins(c->pool);
    atomic_fetch_add(&c->seekers, 1);
    for (int looks = 0; !is_over(s);) {
        offer *found = look_about(s);
        if (found) {
            stop_seeking(c);
            run(s, found);
            atomic_fetch_add(&c->seekers, 1);
            looks = 0;
        } else if (looks++ < spins)
            plx_pool_relax();
        else
            sleep_a_while(s);
    }
    stop_seeking(c);
}

/* Not inlined: each level of the recursion would pay for its stack. */
__attribute__((noinline)) static void wait_for(plx_strand *strand, offer *gone)
{
    search s = {.crew = strand->forks->own, .strand = strand, .until = gone};
    double begun = plx_clock_s();
    help_until_over(&s);
    strand->idle_s += plx_clock_s() - begun - s.busy_s;
}

/* True: nobody took g. */
static bool offer_and_run(plx_strand *strand, plx_part_call *f, void *x, plx_part_call *g, void *y)
{
    plx_seat *mine = strand->own;
    crew *c = strand->forks->own;
    offer made = {.part = g, .arg = y, .owner = strand->worker, .thief = NOBODY};
    bool offered = strand->nested <= MOST_NESTED && plx_deque_put(&mine->deque, &made);
    if (offered && atomic_load(&c->sleepers) > 0)
        call_for_help(c);
    f(strand, x);
    if (!offered || plx_deque_take(&mine->deque))
        return true;
    wait_for(strand, &made);
    return false;
}

/* g comes last, so that it needs none of this function's stack. */
static void both(plx_strand *strand, plx_part_call *f, void *x, plx_part_call *g, void *y)
{
    if (offer_and_run(strand, f, x, g, y))
        g(strand, y);
}

static void work(void *arg, int worker)
{
    crew *c = arg;
    if (worker > 0) {
        search s = {.crew = c, .strand = &c->forks->strands[worker]};
        help_until_over(&s);
        return;
    }
    plx_forks_body(c->forks);
    atomic_store(&c->over, true);
    for (int w = 1; w < c->workers; w++)
        rouse(c, w);
}

void plx_pthread_divide(plx_team *team, plx_forks *forks)
{
    crew c = {.forks = forks, .pool = team->own, .workers = team->threads};
    forks->own = &c;
    for (int w = 0; w < team->threads; w++)
        plx_forks_ready(forks, w, both, plx_pool_seat(c.pool, w));
    plx_pool_run(c.pool, work, &c);
}
