/* SPDX-License-Identifier: MIT */
/*
 * is_prime: for every number i: out = 1 if i is prime, else 0, by trial division. A map with skewed
 * cost: half of the items end after one test, a prime p takes sqrt(p) / 3 divisions, so equal
 * shares of items are not equal shares of work.
 *
 * Check    a byte sieve, and strong pseudoprimes and squares of primes near 2^32
 * Source   Knuth, TAOCP vol. 2, 4.5.4, algorithm A with the divisors 2, 3, 6k - 1, 6k + 1
 * Better   prime_sieve for a whole range; a Miller-Rabin test with fixed bases for one large number
 */
#include "plx/kernel.h"

#include <math.h>

/* The quotient tells when to stop, so nothing is squared and nothing can overflow. */
static bool is_prime(size_t i)
{
    if (i < 5)
        return i == 2 || i == 3;
    if (i % 2 == 0 || i % 3 == 0)
        return false;
    for (size_t divisor = 5, step = 2;; divisor += step, step = 6 - step) {
        const size_t quotient = i / divisor;
        if (quotient < divisor)
            return true;
        if (quotient * divisor == i)
            return false;
    }
}

static void map(const plx_block *block)
{
    uint8_t *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++)
        out[i - block->lo] = is_prime(i);
}

/* Mean cost near x in ns: of all numbers 1.12 / ln x see the last of sqrt(x) / 3 divisions. */
static double cost(double x)
{
    return 2 + 0.8 * sqrt(x) / log(x + 3);
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    const double first = (double)lo, items = (double)(hi - lo), last = first + items;
    if (bytes)
        *bytes = items;
    /* Simpson's rule */
    return items * (cost(first) + 4 * cost(first + items / 2) + cost(last)) / 6;
}

static const plx_field results[] = {
    { .name = "value", .about = "1 if the item's number is prime",
      .type = PLX_U8, .offset = 0, .size = 1 },
    { .name = NULL }
};

const plx_kernel plx_is_prime_kernel = {
    .size = sizeof(plx_kernel),
    .name = "is_prime",
    .about = "is i prime? by trial division: a map with skewed cost",
    .better = "a sieve for a range; Miller-Rabin for one number",
    .out_size = 1,
    .out_type = PLX_U8,
    .results = results,
    .item_ns = 200,
    .work = work,
    .map = map,
};
