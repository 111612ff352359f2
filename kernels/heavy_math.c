/* SPDX-License-Identifier: MIT */
/*
 * heavy_math: for every float64 x: out = (sin x * cos x + sqrt(x + 1)) * log(x + 1).
 *
 * sin x cos x is half the sine of 2x, one polynomial after x is reduced by multiples of pi/2; the
 * logarithm is that of a number between sqrt(1/2) and sqrt(2) and of a power of two. Both are
 * branch-free, of operations that IEEE 754 rounds in one way only, so a loop over them becomes
 * vectors of any width whose lanes, and whose tail, give an item the same bytes. For -1 < x <= 2^25
 * the half sine is off by at most 2.5 ulp (of 1/4 where it is less), the logarithm of the rounded
 * x + 1 by at most 1 ulp, and the whole by at most 4 ulp of (|sin x cos x| + sqrt(x + 1)) times
 * |log(x + 1)|. Every other item is what this machine's libm makes of it, by itself. Not libmvec:
 * it needs -ffast-math, and its lanes differ from its tail.
 *
 * Check    long double libm over many ranges
 * Source   Cody, Waite, Software manual for the elementary functions, 1980 (the reductions);
 *          Chebyshev interpolation (the coefficients)
 * Better   none
 */
#include "plx/kernel.h"

#include <math.h>
#include <string.h>

#include "kernels/wide.h"

/* What is looked at once for items that need libm. */
enum { CHUNK = 256 };

static const double two_over_pi = 0x1.45f306dc9c883p-1;
/* Its first two parts have 28 bits each, so that a multiple up to 2^25 of them is exact. */
static const double half_pi[] = { 0x1.921fb54p+0, 0x1.10b461p-30, 0x1.a62633145c06ep-58 };
/* 42 bits, so that a multiple up to 2^11 is exact, and the rest. */
static const double ln2[] = { 0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45 };

/* Added to a number below 2^51 it leaves the nearest integer in the low bits. */
static const double rounder = 0x1.8p52;

PLX_WIDE_BODY uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

PLX_WIDE_BODY double real_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* sin(2r)/2 = r + r^3 Q(r^2) for |r| <= pi/4: Q to 2^-55 of r. */
PLX_WIDE_BODY double half_sine(double x)
{
    const double shifted = x * two_over_pi + rounder, k = shifted - rounder;
    const double reduced = ((x - k * half_pi[0]) - k * half_pi[1]) - k * half_pi[2];
    const double r = real_of(bits_of(reduced) ^ bits_of(shifted) << 63);      /* odd k: minus */
    const double z = r * r;
    const double q = -0x1.5555555555555p-1 + z * (0x1.1111111111107p-3
                   + z * (-0x1.a01a01a018aacp-7 + z * (0x1.71de3a54566bcp-11
                   + z * (-0x1.ae6455a1d37a1p-16 + z * (0x1.6124015a37c5dp-21
                   + z * (-0x1.ae513862e8955p-27 + z * 0x1.89a47aafbeff2p-33))))));
    return r + r * z * q;
}

/*
 * t = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2)), s = f / (2 + f): log(1 + f) = 2s + s^3 R(s^2),
 * and 2s = f - f^2/2 + s f^2/2, whose first term is exact. t is normal and positive.
 */
PLX_WIDE_BODY double logarithm(double t)
{
    const uint64_t root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
    const uint64_t bits = bits_of(t) + (one - root_half), fraction = ((uint64_t)1 << 52) - 1;
    const double k = real_of(bits >> 52 | 0x4330000000000000) - (0x1p52 + 1023);
    const double f = real_of((bits & fraction) + root_half) - 1, s = f / (2 + f), z = s * s;
    const double r = z * (0x1.5555555555558p-1 + z * (0x1.99999999952dfp-2
                   + z * (0x1.2492492df1985p-2 + z * (0x1.c71c62e51a9eep-3
                   + z * (0x1.7462b4c80c1c4p-3 + z * (0x1.39fe5ca5d7accp-3
                   + z * 0x1.2b58790128a8ep-3))))));
    const double half_square = 0.5 * f * f;
    return k * ln2[0] - ((half_square - (s * (half_square + r) + k * ln2[1])) - f);
}

/*
 * The top bit says that t = x + 1 is not in (0, 2^25 + 1]. Positive doubles are ordered as their
 * bits are, infinity and NaN behind all others; less one, the bits of 0 and of what is negative
 * have the top bit themselves.
 */
PLX_WIDE_BODY uint64_t outside(double t)
{
    const uint64_t most = 0x4180000008000000, bits = bits_of(t) - 1;
    return bits | (most - 1 - bits);
}

/* The items that the functions above are not made for, one by one. */
static void mend(const double *in, double *out, size_t items)
{
    for (size_t i = 0; i < items; i++) {
        const double x = in[i];
        if (outside(x + 1) >> 63)
            out[i] = (sin(x) * cos(x) + sqrt(x + 1)) * log(x + 1);
    }
}

PLX_WIDE_BODY void map_items(const plx_block *block, int level)
{
    (void)level;
    const size_t items = block->hi - block->lo;
    for (size_t i = 0; i < items; i += CHUNK) {
        const double *restrict in = (const double *)block->in + i;
        double *restrict out = (double *)block->out + i;
        const size_t count = items - i < CHUNK ? items - i : CHUNK;
        uint64_t any = 0;
        for (size_t j = 0; j < count; j++) {
            const double x = in[j], t = x + 1;
            out[j] = (half_sine(x) + sqrt(t)) * logarithm(t);
            any |= outside(t);
        }
        if (any >> 63)
            mend(in, out, count);
    }
}

PLX_WIDE_MAP(heavy_math, map_items)

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = 16.0 * (double)(hi - lo);
    return 3.0 * (double)(hi - lo);
}

static const plx_field results[] = {
    { .name = "value", .about = "(sin x * cos x + sqrt(x + 1)) * log(x + 1)",
      .type = PLX_F64, .offset = 0, .size = sizeof(double) },
    { .name = NULL }
};

const plx_kernel plx_heavy_math_kernel = {
    .size = sizeof(plx_kernel),
    .name = "heavy_math",
    .about = "(sin x * cos x + sqrt(x + 1)) * log(x + 1) of float64",
    .in_size = sizeof(double),
    .out_size = sizeof(double),
    .in_type = PLX_F64,
    .out_type = PLX_F64,
    .results = results,
    .item_ns = 3,
    .work = work,
    .map = map,
};
