/* SPDX-License-Identifier: MIT */
/*
 * sieve_base.c: the base primes of a sieve, made by a smaller sieve of the same kind.
 *
 * Those up to 2^16 come from the plainest sieve of all, and with them the segmented one lists the
 * rest. Small and medium primes are kept by residue, each a 32-bit number; the big ones
 * as distances of one byte (half a gap; below 2^32 none is above 336), since they are only ever
 * read in order.
 */
#include "kernels/sieve.h"

#include <stdlib.h>
#include <string.h>

typedef struct listing {            /* primes arrive in order */
    plx_sieve *sieve;
    uint32_t *turns;                /* the small and medium ones, as they come */
    size_t count;
    uint64_t last;                  /* the last big one */
} listing;

static void list_prime(listing *list, uint64_t p)
{
    plx_sieve *s = list->sieve;
    if (p <= PLX_SIEVE_LAID || p > s->plan.root)
        return;
    if (p <= s->plan.medium) {
        list->turns[list->count++] = (uint32_t)p;
        return;
    }
    if (s->bigs == 0)
        s->big_first = p;
    else
        s->gaps[s->bigs] = (uint8_t)((p - list->last) / 2);
    s->bigs++;
    list->last = p;
}

static bool list_segment(void *user, uint8_t *bytes, uint64_t first, size_t size)
{
    for (size_t j = 0; j < size; j++)
        for (unsigned bits = bytes[j]; bits; bits &= bits - 1)
            list_prime(user, 30 * (first + j) + plx_sieve_wheel[__builtin_ctz(bits)]);
    return true;
}

/* flags[i] is set if 2 i + 1 is composite; i < flags. */
static uint8_t *sieve_odd(size_t flags)
{
    uint8_t *composite = calloc(flags, 1);
    for (size_t i = 1; composite && 2 * i * (i + 1) < flags; i++)
        for (size_t j = 2 * i * (i + 1); !composite[i] && j < flags; j += 2 * i + 1)
            composite[j] = 1;
    return composite;
}

/* sqrt(2^32) and below: no sieve needs more for its own base. */
static bool list_plainly(listing *list)
{
    const size_t flags = (size_t)list->sieve->plan.root / 2 + 1;
    uint8_t *composite = sieve_odd(flags);
    for (size_t i = 0; composite && i < flags; i++)
        if (!composite[i])
            list_prime(list, 2 * i + 1);
    free(composite);
    return composite != NULL;
}

/* Those up to root by a sieve whose own base primes are listed plainly. */
static bool list_by_sieve(listing *list)
{
    const uint64_t bytes = list->sieve->plan.root / 30 + 1;
    const plx_sieve_sizes sizes = { list->sieve->plan.piece, list->sieve->plan.segment };
    const plx_sieve_plan plan =
        plx_sieve_plan_for(plx_sieve_root(list->sieve->plan.root), bytes, sizes);
    plx_sieve inner;
    void *scratch = malloc(plx_sieve_scratch(&plan));
    const bool made = plx_sieve_open(&inner, &plan) && scratch;
    for (uint64_t first = 0; made && first < bytes; first += plan.strip)
        plx_sieve_strip(&inner, scratch, first,
                        bytes - first < plan.strip ? bytes : first + plan.strip,
                        list_segment, list);
    plx_sieve_close(&inner);
    free(scratch);
    return made;
}

/* Primes in order to p / 30 by class. */
static void sort_turns(plx_sieve *s, const listing *list)
{
    size_t next = 0;
    for (int c = 0; c < 8; c++) {
        s->begin[c] = s->small[c] = next;
        for (size_t k = 0; k < list->count; k++) {
            if (list->turns[k] % 30 != plx_sieve_wheel[c])
                continue;
            s->turns[next++] = list->turns[k] / 30;
            if (list->turns[k] < s->plan.small)
                s->small[c] = next;
        }
        s->end[c] = next;
    }
}

bool plx_sieve_open(plx_sieve *s, const plx_sieve_plan *plan)
{
    memset(s, 0, sizeof *s);
    s->plan = *plan;
    plx_sieve_make_steps(&s->steps);
    s->patterns = plx_sieve_patterns();
    listing list = { .sieve = s };
    list.turns = malloc((plan->turns + 1) * sizeof *list.turns);
    s->turns = malloc((plan->turns + 1) * sizeof *s->turns);
    s->gaps = calloc(plan->root > plan->medium ? plx_sieve_most_primes(plan->root) : 1, 1);
    bool made = s->patterns && list.turns && s->turns && s->gaps;
    made = made && (plan->root <= 65536 ? list_plainly(&list) : list_by_sieve(&list));
    if (made)
        sort_turns(s, &list);
    free(list.turns);
    return made;
}

void plx_sieve_close(plx_sieve *s)
{
    free(s->patterns);
    free(s->turns);
    free(s->gaps);
}
