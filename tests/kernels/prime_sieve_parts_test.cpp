/* SPDX-License-Identifier: MIT */
/*
 * The parts of prime_sieve: the sieve with caches that this machine does not have, so that primes
 * come into all three regimes and out of them; and each path for wide vectors against the narrow.
 */
#include "paths.h"

extern "C" {
#include "kernels/sieve.h"
}

namespace {

bool count_bytes(void *user, uint8_t *bytes, uint64_t, size_t size)
{
    for (size_t j = 0; j < size; j++)
        *static_cast<uint64_t *>(user) += (uint64_t)__builtin_popcount(bytes[j]);
    return true;
}

/* Set bits of bytes [first, end), sieved with such caches on a scratch full of ones. */
uint64_t count_bits(uint64_t first, uint64_t end, plx_sieve_sizes sizes)
{
    const uint64_t root = plx_sieve_root(30 * (end - 1) + 29);
    const plx_sieve_plan plan = plx_sieve_plan_for(root, end - first, sizes);
    plx_sieve sieve;
    EXPECT_TRUE(plx_sieve_open(&sieve, &plan));
    Room scratch(plx_sieve_scratch(&plan), 0, 0xff);
    uint64_t count = 0;
    for (uint64_t at = first, next; at < end; at = next) {
        next = std::min(end, at + plan.strip);
        plx_sieve_strip(&sieve, scratch.data(), at, next, count_bytes, &count);
    }
    EXPECT_TRUE(scratch.guarded()) << first << " " << end;
    plx_sieve_close(&sieve);
    return count;
}

const plx_sieve_sizes large = { 65536, 524288 }, small = { 1024, 65536 };

}

TEST(PrimeSieveParts, BaseIsComplete)
{
    EXPECT_EQ(plx_sieve_root(UINT64_MAX), UINT32_MAX);
    EXPECT_EQ(plx_sieve_root(((uint64_t)1 << 62) - 1), ((uint64_t)1 << 31) - 1);
    EXPECT_EQ(plx_sieve_root((uint64_t)1 << 62), (uint64_t)1 << 31);
    const uint64_t pi[][2] = { { 199, 46 }, { 1000, 168 }, { 65536, 6542 }, { 65537, 6543 },
                               { 1000000, 78498 }, { 3000000, 216816 } };
    for (const auto &known : pi)
        for (const plx_sieve_sizes sizes : { large, small }) {
            const plx_sieve_plan plan = plx_sieve_plan_for(known[0], 1000, sizes);
            plx_sieve sieve;
            ASSERT_TRUE(plx_sieve_open(&sieve, &plan));
            EXPECT_EQ(sieve.end[7] + sieve.bigs + 45, known[1]) << "45 up to 197 are laid";
            EXPECT_LE(sieve.end[7], plan.turns);
            EXPECT_GE(plx_sieve_most_primes(known[0]), known[1]);
            plx_sieve_close(&sieve);
        }
}

/* With segments of 64 KiB primes from 2^16 on are big, and met many times in one segment. */
TEST(PrimeSieveParts, CachesDoNotMatter)
{
    std::mt19937_64 random(5);
    for (const uint64_t first : { 3000000000, 40000000000, 700000000000 })
        for (int round = 0; round < 3; round++) {
            const uint64_t at = first + random() % first, end = at + 1 + random() % 400000;
            ASSERT_EQ(count_bits(at, end, small), count_bits(at, end, large)) << at << " " << end;
        }
    EXPECT_EQ(count_bits(0, 1000000, small) + 3, 1857859u) << "pi(3 * 10^7)";
}

/* Strips that hold the squares of big primes, from the first of them on. */
TEST(PrimeSieveParts, BigPrimesEnter)
{
    const uint64_t square = (uint64_t)65537 * 65537 / 30;
    for (const uint64_t before : { 0, 1, 1000, 65535, 65536, 200000 })
        ASSERT_EQ(count_bits(square - before, square + 300000, small),
                  count_bits(square - before, square + 300000, large)) << before;
}

namespace {

struct probe {
    uint64_t number;
    bool set;
};

bool look(void *user, uint8_t *bytes, uint64_t first, size_t size)
{
    probe *p = static_cast<probe *>(user);
    if (p->number / 30 >= first && p->number / 30 < first + size)
        p->set = bytes[p->number / 30 - first] >> plx_sieve_below[p->number % 30] & 1;
    return true;
}

}

/* Near 2^64 doubles are 2048 apart: a quotient of theirs may be too large by one for strips that
   begin just below a multiple of p, or too small just above. Cofactors that are primes, so that
   nothing but p crosses their multiples out; the second is one of twins. */
TEST(PrimeSieveParts, RoundedQuotientsAreMended)
{
    const plx_sieve_plan plan = plx_sieve_plan_for(3000000, 1000000, large);
    plx_sieve sieve;
    ASSERT_TRUE(plx_sieve_open(&sieve, &plan));
    Room scratch(plx_sieve_scratch(&plan));
    const uint64_t below = 2999999 * 6148916740873u, p = 1101071, k = 8460497605037;
    for (uint64_t step = 0; step < 70; step++) {
        probe at = { below, true }, next = { p * (k + 2), true };
        plx_sieve_strip(&sieve, scratch.data(), below / 30 - step, below / 30 + 1, look, &at);
        plx_sieve_strip(&sieve, scratch.data(), p * k / 30 + 1 + step, next.number / 30 + 1, look,
                        &next);
        EXPECT_FALSE(at.set) << step;
        EXPECT_FALSE(next.set) << step;
    }
    plx_sieve_close(&sieve);
}

/* More than MOST_SEGMENTS segments: several strips. */
TEST(PrimeSieveParts, LongRunsAreCutIntoStrips)
{
#ifndef PLX_SANITIZED
    const uint64_t end = 150000000;
    EXPECT_LT(plx_sieve_plan_for(67083, end, small).strip, end);
    EXPECT_EQ(count_bits(0, end, small) + 3, 212514323u) << "pi(4.5 * 10^9)";
#endif
}

TEST(PrimeSieveParts, PathsGiveTheSameBytes)
{
    std::mt19937_64 random(6);
    Room patterns(64 * 1024), bits(64 * 200);
    for (size_t j = 0; j < 64 * 1024; j++)
        patterns.data()[j] = (uint8_t)(random() | random() | random());
    for (size_t j = 0; j < 64 * 200; j++)
        bits.data()[j] = (uint8_t)random();
    ASSERT_TRUE(plx_prime_sieve_paths[PLX_WIDE_BASE].lay);
    for (int round = 0; round < 50; round++) {
        const uint8_t *from[PLX_SIEVE_PATTERNS];
        for (const uint8_t *&start : from)
            start = patterns.data() + random() % (63 * 1024);
        Bytes expected(PLX_SIEVE_RUN, 0xff);
        for (const uint8_t *start : from)
            for (size_t j = 0; j < PLX_SIEVE_RUN; j++)
                expected[j] &= start[j];
        const size_t size = 64 * (random() % 200), at = random() % (64 * 200 - size + 1);
        uint64_t count = 0;
        count_bytes(&count, bits.data() + at, 0, size);
        for (int level = PLX_WIDE_BASE; level <= plx_wide_level(); level++) {
            Room to(PLX_SIEVE_RUN, random() % 64);
            plx_prime_sieve_paths[level].lay(to.data(), from);
            ASSERT_TRUE(to.bytes() == expected && to.guarded()) << level;
            ASSERT_EQ(plx_prime_sieve_paths[level].count(bits.data() + at, size), count) << level;
        }
    }
    std::fill(bits.data(), bits.data() + 64 * 200, (uint8_t)0xff);
    for (int level = PLX_WIDE_BASE; level <= plx_wide_level(); level++)
        EXPECT_EQ(plx_prime_sieve_paths[level].count(bits.data(), 64 * 200), 8 * 64u * 200);
}
