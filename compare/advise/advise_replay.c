/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise_replay.c: how long a run would take whose blocks cost what they were seen
 * to cost.
 *
 * They are handed out by the schedule's own rule, and the worker that is free first takes the next.
 */
#include <stdlib.h>

#include "compare/advise/advise_rules.h"

typedef struct hands {
    size_t blocks, workers, step, at, chunk, left;
    char kind; /* the schedule's first letter */
} hands;

static size_t edge(size_t blocks, size_t parts, size_t part)
{
    return blocks / parts * part + blocks % parts * part / parts;
}

static size_t floor2(size_t x)
{
    size_t p = 1;
    while (p <= x / 2)
        p *= 2;
    return p;
}

/* The next hand-out, by the rules that docs/design.md states. */
static bool next_hand(hands *h, size_t *lo, size_t *hi)
{
    if (h->kind == 's') {
        *lo = edge(h->blocks, h->workers, h->step);
        *hi = edge(h->blocks, h->workers, h->step + 1);
        return h->step++ < h->workers;
    }
    if (h->kind == 'g' && h->left == 0) {
        h->chunk = floor2((h->blocks - h->at) / (2 * h->workers));
        h->left = h->workers;
    }
    h->left -= h->kind == 'g';
    *lo = h->at;
    *hi = h->at = h->at + (h->kind == 'g' ? h->chunk : 1);
    return *lo < h->blocks;
}

static size_t first_free(const double *free_s, size_t workers)
{
    size_t first = 0;
    for (size_t w = 1; w < workers; w++)
        if (free_s[w] < free_s[first])
            first = w;
    return first;
}

static double sum_of(const double *cost_s, size_t lo, size_t hi)
{
    double sum = 0;
    for (size_t b = lo; b < hi; b++)
        sum += cost_s[b];
    return sum;
}

double plx_advise_span(const double *cost_s, size_t blocks, size_t each, const char *schedule,
                       int workers, double hand_s)
{
    hands h = {.blocks = blocks / each + (blocks % each != 0),
               .workers = (size_t)workers,
               .kind = *schedule};
    double *free_s = calloc(h.workers, sizeof *free_s), last = 0;
    if (!free_s)
        return -1;
    for (size_t lo, hi; next_hand(&h, &lo, &hi);) {
        size_t w = first_free(free_s, h.workers), end = hi * each < blocks ? hi * each : blocks;
        if (hi > lo)
            free_s[w] += sum_of(cost_s, lo * each, end) + hand_s;
        last = free_s[w] > last ? free_s[w] : last;
    }
    free(free_s);
    return last;
}

/* Blocks are handed out across ranks as among threads, by the default schedule if none is named. */
double plx_advise_replay(const plx_advise_facts *facts, const plx_advise_candidate *c, size_t each)
{
    const char *schedule = *c->schedule ? c->schedule : facts->scheduled ? "guided" : "dynamic";
    return plx_advise_span(facts->cost_s, facts->blocks, each, schedule, c->workers, facts->hand_s);
}

double plx_advise_sum(const plx_advise_facts *facts)
{
    return facts->cost_s ? sum_of(facts->cost_s, 0, facts->blocks) : 0;
}
