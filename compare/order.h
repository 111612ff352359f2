/* SPDX-License-Identifier: MIT */
/* compare/order.h: which row is launched in which place of a round. */
#ifndef COMPARE_ORDER_H
#define COMPARE_ORDER_H

#include <stddef.h>
#include <stdint.h>

/**
 * Fill order[0, rows) with the rows in the order of their launches in this round (from 0).
 *
 * Order    a function of its arguments alone. Rounds [k rows, (k + 1) rows) are a Latin square:
 *          each row stands once in each place; each square is drawn afresh
 */
void plx_order_fill(size_t *order, size_t rows, size_t round, uint64_t seed);

#endif
