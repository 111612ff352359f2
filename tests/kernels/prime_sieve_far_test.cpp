/* SPDX-License-Identifier: MIT */
/*
 * prime_sieve far out: windows against a primality test of each number by another method.
 *
 * The oracle is the strong probable prime test of Miller and Rabin to twelve bases, which is proved
 * right below 2^64 (Sorenson and Webster, Math. Comp. 86, 2017). The tests that need the primes up
 * to 2^32 take seconds and 2 GB; they are disabled here and run by an entry of their own.
 */
#include "drive.h"

__extension__ typedef unsigned __int128 wide;

static uint64_t value(const Bytes &acc)
{
    return as<uint64_t>(acc)[0];
}

static bool strong(uint64_t n, uint64_t base)
{
    uint64_t odd = n - 1, x = 1;
    int twos = 0;
    for (; odd % 2 == 0; odd /= 2)
        twos++;
    for (uint64_t e = odd, power = base; e; e /= 2, power = (uint64_t)((wide)power * power % n))
        if (e % 2)
            x = (uint64_t)((wide)x * power % n);
    if (x == 1)
        return true;
    for (; twos > 0 && x != n - 1; twos--)
        x = (uint64_t)((wide)x * x % n);
    return twos > 0;
}

static bool is_prime(uint64_t n)
{
    static const uint64_t bases[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 };
    for (const uint64_t base : bases) {
        if (n % base == 0)
            return n == base;
        if (n > base && !strong(n, base))
            return false;
    }
    return n > 1;
}

/* Primes of first + [lo, hi). */
static uint64_t count_one_by_one(uint64_t first, uint64_t lo, uint64_t hi)
{
    uint64_t count = 0;
    for (uint64_t i = lo; i < hi; i++)
        count += is_prime(first + i);
    return count;
}

class PrimeSieveFar : public ::testing::Test {
protected:
    Drive drive{ "prime_sieve" };
    std::mt19937_64 random{ 11 };

    /* The whole window, then cuts of it, on a scratch that begins full of ones. */
    void window(uint64_t first, size_t n, int cuts = 4)
    {
        drive.set("first", first);
        ASSERT_TRUE(drive.open(n, 0xff)) << drive.refused;
        ASSERT_EQ(value(drive.fold(0, n)), count_one_by_one(first, 0, n)) << first << " " << n;
        for (int k = 0; k < cuts; k++) {
            const size_t lo = random() % n, hi = lo + random() % (n - lo + 1);
            ASSERT_EQ(value(drive.fold(lo, hi)), count_one_by_one(first, lo, hi))
                << first << " " << lo << " " << hi;
        }
    }
};

TEST_F(PrimeSieveFar, TheOracleItself)
{
    EXPECT_EQ(count_one_by_one(0, 0, 10000), 1229u);
    EXPECT_FALSE(is_prime(3825123056546413051)) << "a strong pseudoprime to nine bases";
    EXPECT_TRUE(is_prime(18446744073709551557u)) << "the last prime below 2^64";
}

TEST_F(PrimeSieveFar, RandomWindows)
{
    for (const uint64_t scale : { 100000000000, 1000000000000, 30000000000000 })
        for (int round = 0; round < 4; round++)
            window(scale + random() % scale, 300 + random() % 1000);
}

/* Just around squares of primes, where one enters that has not crossed out anything before. */
TEST_F(PrimeSieveFar, SquaresOfPrimes)
{
    for (const uint64_t p : { 31607, 65521, 65537, 262139, 262147, 524287, 524309, 999983 })
        window(p * p - 150, 300, 2);
    window(((uint64_t)1 << 32) - 500, 1000);
    window((uint64_t)99991 * 100003 - 100, 200);
}

TEST_F(PrimeSieveFar, AroundPowersOfTen)
{
    window(1000000000000 - 3000, 6000);
#ifndef PLX_SANITIZED
    window(10000000000000000 - 3000, 6000);
    window(1000000000000000000 - 1500, 3000, 1);
#endif
}

/* As primesieve counts: pi(x + 10^8) - pi(x). */
TEST_F(PrimeSieveFar, LongWindows)
{
#ifdef PLX_SANITIZED
    const size_t n = 1000000;
    const uint64_t counts[][2] = { { 1000000000000, 36249 } };
#else
    const size_t n = 100000000;
    const uint64_t counts[][2] = { { 1000000000000, 3618282 }, { 10000000000000000, 2714904 } };
#endif
    for (const auto &count : counts) {
        drive.set("first", count[0]);
        EXPECT_EQ(value(drive.reduce(n)), count[1]) << count[0];
    }
}

/* One block that is longer than a strip may be: 16.1e9 numbers with segments of 512 KiB. */
TEST_F(PrimeSieveFar, ABlockOfSeveralStrips)
{
#ifndef PLX_SANITIZED
    const size_t n = 16500000000;
    drive.set("first", (uint64_t)300000000000);
    ASSERT_TRUE(drive.open(n));
    EXPECT_EQ(value(drive.fold(0, n)), 623722456u) << "as primesieve counts";
#endif
}

/* A block's value is the sum of its parts' wherever it is cut, also where primes are in buckets. */
TEST_F(PrimeSieveFar, AnyCutGivesTheSameBytes)
{
#ifdef PLX_SANITIZED
    const size_t step = 1000000;
#else
    const size_t step = 30000000;
#endif
    for (const uint64_t first : { 100000000000, 5000000000000, 400000000000000 }) {
        drive.set("first", first + random() % first);
        ASSERT_TRUE(drive.open(2 * step));
        for (int round = 0; round < 3; round++) {
            const size_t a = random() % step, c = a + step, b = a + random() % step;
            const Bytes joined = drive.combine(drive.fold(a, b), drive.fold(b, c));
            ASSERT_EQ(drive.fold(a, c), joined) << first << " " << a << " " << b;
        }
    }
}

TEST_F(PrimeSieveFar, ScratchIsMemoryNotState)
{
    const size_t n = 3000000;
    drive.set("first", (uint64_t)20000000000000);
    ASSERT_TRUE(drive.open(n));
    const Bytes fresh = drive.fold(1000, 1000000);
    drive.fold(0, n);
    EXPECT_EQ(drive.fold(1000, 1000000), fresh);
    drive.fold(17, 18);
    EXPECT_EQ(drive.fold(1000, 1000000), fresh);
    ASSERT_TRUE(drive.open(n, 0xee));
    EXPECT_EQ(drive.fold(1000, 1000000), fresh);
}

TEST_F(PrimeSieveFar, MemoryIsBounded)
{
    const auto mebibytes = [&](uint64_t first, size_t n) {
        drive.set("first", first);
        return (double)drive.kernel->scratch_size(n, drive.ctx.data()) / (1 << 20);
    };
    const uint64_t e16 = 10000000000000000;
    EXPECT_LT(mebibytes(0, 10000000000), 4);
    EXPECT_LT(mebibytes(e16, 10000000000), 58) << "beside some 6 MiB that prepare() makes";
    EXPECT_LT(mebibytes(100 * e16, 1000), 4) << "few numbers meet few of many primes";
    EXPECT_LT(mebibytes(UINT64_MAX - 100000000000, 100000000000), 8 * 204 + 24);
}

TEST_F(PrimeSieveFar, DISABLED_TheVeryEnd)
{
    window(UINT64_MAX - 1999, 2000, 1);
    window(UINT64_MAX, 1, 0);
    window(((uint64_t)4294967291u * 4294967291u) - 100, 200, 0);
}
