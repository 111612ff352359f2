/* SPDX-License-Identifier: MIT */
/* prime_sieve against published counts, a plain sieve over any cut, and trial division far out. */
#include "drive.h"

static uint64_t value(const Bytes &acc)
{
    return as<uint64_t>(acc)[0];
}

/* prefix[i]: primes below i, by the plainest sieve. */
static std::vector<uint32_t> count_plainly(size_t n)
{
    std::vector<bool> composite(n + 1);
    std::vector<uint32_t> prefix(n + 2);
    for (size_t i = 0; i <= n; i++) {
        const bool prime = i >= 2 && !composite[i];
        for (size_t j = 2 * i; prime && j <= n; j += i)
            composite[j] = true;
        prefix[i + 1] = prefix[i] + prime;
    }
    return prefix;
}

static uint64_t count_by_division(uint64_t lo, uint64_t hi)
{
    uint64_t count = 0;
    for (uint64_t i = lo; i < hi; i++) {
        bool prime = i >= 2;
        for (uint64_t d = 2; prime && d * d <= i; d += 1 + (d > 2))
            prime = i % d != 0;
        count += prime;
    }
    return count;
}

class PrimeSieve : public ::testing::Test {
protected:
    Drive drive{ "prime_sieve" };
    static const std::vector<uint32_t> &plain()
    {
        static const std::vector<uint32_t> prefix = count_plainly(9000000);
        return prefix;
    }
    void check(size_t lo, size_t hi)
    {
        ASSERT_EQ(value(drive.fold(lo, hi)), plain()[hi] - plain()[lo]) << lo << " " << hi;
    }
};

TEST_F(PrimeSieve, PublishedCounts)
{
    EXPECT_EQ(value(drive.reduce(1000000)), 78498u);
    EXPECT_EQ(value(drive.reduce(10000000)), 664579u);
    EXPECT_EQ(value(drive.reduce(100000000)), 5761455u);
    EXPECT_EQ(value(drive.reduce(1000000000)), 50847534u);
}

TEST_F(PrimeSieve, EveryCutOfTheFirstNumbers)
{
    ASSERT_TRUE(drive.open(20000));
    for (size_t lo = 0; lo < 130; lo++)
        for (size_t hi = lo; hi < 130; hi++)
            check(lo, hi);
}

TEST_F(PrimeSieve, EveryNumberAloneAndEveryN)
{
    for (size_t n = 0; n < 300; n++) {
        ASSERT_TRUE(drive.open(n)) << n;
        check(0, n);
        if (n > 0)
            check(n - 1, n);
    }
    ASSERT_TRUE(drive.open(20000));
    for (size_t i = 0; i < 20000; i++)
        check(i, i + 1);
}

TEST_F(PrimeSieve, RandomCuts)
{
    std::mt19937_64 random(2);
    ASSERT_TRUE(drive.open(9000000));
    for (int round = 0; round < 300; round++) {
        const size_t lo = random() % 8900000, hi = lo + random() % (round % 3 ? 2000 : 100000);
        check(lo, hi);
    }
    check(1, 8999999);
}

TEST_F(PrimeSieve, CutsAtTheEdgesOfPiecesAndSegments)
{
    ASSERT_TRUE(drive.open(9000000));
    for (const size_t bytes : { 1024u, 48u * 1024, 144u * 1024, 288u * 1024 })
        for (size_t add = 0; add < 62; add += 7) {
            check(0, 30 * bytes - 31 + add);
            check(30 * bytes - 31 + add, 30 * bytes + 4000);
            check(77, 77 + 30 * bytes - 31 + add);
        }
}

TEST_F(PrimeSieve, GrainsOfOneAndSevenAndAThousand)
{
    EXPECT_EQ(value(drive.reduce(10000, 1)), 1229u);
    EXPECT_EQ(value(drive.reduce(100000, 7)), 9592u);
    EXPECT_EQ(value(drive.reduce(1000000, 1000)), 78498u);
    EXPECT_EQ(value(drive.reduce(1000000, 999983)), 78498u);
}

/* Squares of base primes, and segments in which large ones enter for the first time. */
TEST_F(PrimeSieve, FarOutAgainstDivision)
{
    const uint64_t starts[] = { 999983 * (uint64_t)999983, 99991 * (uint64_t)100003,
                                31607 * (uint64_t)31607, ((uint64_t)1 << 32) - 50, 99999999900 };
    for (const uint64_t start : starts) {
        ASSERT_TRUE(drive.open(start + 100));
        const uint64_t lo = start - 40, hi = start + 60;
        EXPECT_EQ(value(drive.fold(lo, hi)), count_by_division(lo, hi)) << start;
    }
}

/* The count of a long range far out equals the sum of counts of its pieces cut anywhere. */
TEST_F(PrimeSieve, AnyCutGivesTheSameBytes)
{
    std::mt19937_64 random(3);
    const size_t far = 100000000000, step = 20000000;
    ASSERT_TRUE(drive.open(far));
    for (int round = 0; round < 4; round++) {
        const size_t a = random() % (far - step), c = a + step, b = a + random() % step;
        const Bytes joined = drive.combine(drive.fold(a, b), drive.fold(b, c));
        EXPECT_EQ(drive.fold(a, c), joined) << a << " " << b;
    }
}

TEST_F(PrimeSieve, ScratchIsMemoryNotState)
{
    ASSERT_TRUE(drive.open(100000000000, 0));
    const Bytes fresh = drive.fold(99000000000, 99001000000);
    drive.fold(0, 5000000);
    EXPECT_EQ(drive.fold(99000000000, 99001000000), fresh);
    drive.fold(99999000000, 99999999999);
    drive.fold(17, 18);
    EXPECT_EQ(drive.fold(99000000000, 99001000000), fresh);
    ASSERT_TRUE(drive.open(100000000000, 0xee));
    EXPECT_EQ(drive.fold(99000000000, 99001000000), fresh);
}

TEST_F(PrimeSieve, AddsToWhatIsThere)
{
    ASSERT_TRUE(drive.open(1000));
    Bytes acc = drive.fold(0, 100);
    drive.fold_on(acc, 100, 1000);
    EXPECT_EQ(value(acc), 168u);
}

TEST_F(PrimeSieve, GrainBalancesAndCounts)
{
    const plx_kernel *kernel = drive.kernel;
    const auto blocks = [&](size_t n) { return (n - 1) / kernel->grain(n, nullptr) + 1; };
    EXPECT_GE(blocks(1000000000), 40u);
    EXPECT_LE(blocks(1000000000), 130u);
    EXPECT_GE(blocks(10000000000), 100u);
    EXPECT_LE(blocks(1000000000000000), 65536u);
}

TEST_F(PrimeSieve, RefusesAboveItsRange)
{
    EXPECT_FALSE(drive.open(1000000000000001));
    EXPECT_NE(drive.refused.find("1e15"), std::string::npos);
    EXPECT_FALSE(drive.open(SIZE_MAX));
}

TEST_F(PrimeSieve, StopEndsALongBlock)
{
    const size_t n = 30000000;
    ASSERT_TRUE(drive.open(n));
    const uint64_t whole = value(drive.fold(0, n));
    drive.stop_after = 1;
    EXPECT_LT(value(drive.fold(0, n)), whole);
}
