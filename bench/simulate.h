/* SPDX-License-Identifier: MIT */
/*
 * bench/simulate.h: the work that is simulated, and how messages are counted.
 *
 * The work has n items that only their numbers tell, and each kernel gives in a closed form what a
 * real one would compute item by item: its bytes are right, cost next to nothing here, and show an
 * item that was left out, seen twice, or joined out of order.
 */
#ifndef PLX_BENCH_SIMULATE_H
#define PLX_BENCH_SIMULATE_H

#include "plx/kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The parameters of both kernels. */
typedef struct simulate_work {
    uint64_t n, cells, seed;
    double item_ns; /* on the mean of all items */
    double sigma;   /* of the logarithm of a cell's cost; 0: all cost the same */
} simulate_work;

/**
 * Items 0, 1, 2 ... appended to a number of base 1000003, modulo 2^64: as the map x -> a x + b. Two
 * such maps do not commute.
 */
typedef struct chain {
    uint64_t a, b, items;
} chain;

extern const plx_kernel simulate_chain, simulate_index, simulate_scale;

uint64_t simulate_index_of(uint64_t item);            /* simulate_index's out */
uint64_t simulate_scaled(uint64_t item, uint64_t in); /* simulate_scale's */
chain simulate_chain_of(uint64_t lo, uint64_t hi);
void simulate_append(chain *left, const chain *right);
double simulate_cost_ns(const simulate_work *, uint64_t lo, uint64_t hi);

/** All messages of the simulated network that the first host sent or received. */
typedef struct traffic {
    uint64_t messages, bytes;
} traffic;

/** From here on; also makes latencies and bandwidths those of the platform, without factors. */
void simulate_count(void);
traffic simulate_counted(void);

#ifdef __cplusplus
}
#endif
#endif
