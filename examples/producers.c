/* SPDX-License-Identifier: MIT */
/*
 * producers.c: two producers, three consumers, one bounded queue between them.
 *
 * Both are steps, which make or take one item and return, so one worker can run all. The call ends
 * by itself when all is made and taken. A consumer's steps come one by one: its total has no lock.
 */
#include <plx/queue.h>
#include <stdio.h>

enum { PRODUCERS = 2, CONSUMERS = 3, EACH = 500 };
typedef struct shop { uint64_t made[PRODUCERS], sum[CONSUMERS], total; } shop;

static bool produce(void *user, size_t producer, void *item)
{
    uint64_t *made = &((shop *)user)->made[producer];
    *(uint64_t *)item = *made * PRODUCERS + producer;   /* 0, 2, 4 ... and 1, 3, 5 ... */
    return (*made)++ < EACH;
}

static int consume(void *user, size_t consumer, const void *item, const char **why)
{
    (void)why;
    ((shop *)user)->sum[consumer] += *(const uint64_t *)item;
    return 0;
}

/* Consumers run on several ranks, each with that rank's shop: their totals are joined. */
static void add_shop(const plx_block *block, void *total)
{
    for (size_t i = 0; i < (block->hi - block->lo) * CONSUMERS; i++)
        *(uint64_t *)total += ((const uint64_t *)block->in)[i];
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    *(uint64_t *)left += *(const uint64_t *)right;
}

int main(int argc, char **argv)
{
    const plx_kernel sum = { .size = sizeof sum, .name = "sum", .about = "adds totals",
        .in_size = CONSUMERS * 8, .acc_size = 8, .fold = add_shop, .combine = combine };
    shop own = { 0 };
    const plx_steps steps = { PRODUCERS, CONSUMERS, .item_size = 8, .capacity = 5,
                              .produce = produce, .consume = consume, .user = &own };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    const plx_job join = { .kernel = &sum, .n = (size_t)plx_team_ranks(team), .in = own.sum,
                           .out = &own.total, .where = PLX_LOCAL, .grain = 1 };
    if (status == PLX_OK && (status = plx_produce(team, NULL, &steps, &report)) == PLX_OK)
        status = plx_reduce(team, &join, NULL);
    if (plx_team_rank(team) == 0)
        printf("%s: %zu items, total %d\n", plx_status_name(status), report.done, (int)own.total);
    plx_close(team);
    return plx_status_exit(status);
}
