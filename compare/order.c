/* SPDX-License-Identifier: MIT */
/*
 * compare/order.c: random Latin squares.
 *
 * What runs later in a round may run on a warmer or a busier machine. So over as many rounds as
 * there are rows, each row stands once in each place; two rows make pairs AB BA or BA AB. Since
 * each square is drawn afresh, it is a fair coin which of two equal rows meets the better moment,
 * whatever law the machine's moments follow: that is what the sign test stands on.
 *
 * Source   R. A. Fisher, The Design of Experiments (1935): Latin squares, randomisation as the
 *          basis of inference
 */
#include "compare/order.h"

#include "compare/stats.h"

static void draw(size_t *order, size_t rows, uint64_t seed)
{
    uint64_t next = 0;
    for (size_t i = 0; i < rows; i++)
        order[i] = i;
    plx_stats_shuffle(order, rows, seed, &next);
}

void plx_order_fill(size_t *order, size_t rows, size_t round, uint64_t seed)
{
    if (rows == 0)
        return;
    const uint64_t square = round / rows;
    /* the cyclic square, (line + place) mod rows, with its lines and its places drawn by lot */
    draw(order, rows, plx_stats_random(seed, 2 * square));
    const size_t line = order[round % rows];
    draw(order, rows, plx_stats_random(seed, 2 * square + 1));
    for (size_t place = 0; place < rows; place++)
        order[place] = (order[place] + line) % rows;
}
