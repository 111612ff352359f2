/* SPDX-License-Identifier: MIT */
/*
 * prime_sieve near zero: against published counts and a plain sieve, over any cut. What lies far
 * out is in prime_sieve_far_test.cpp, the parts of the sieve in prime_sieve_parts_test.cpp.
 */
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
    const uint64_t pi[] = { 0, 4, 25, 168, 1229, 9592, 78498, 664579, 5761455, 50847534 };
#ifdef PLX_SANITIZED
    const int most = 7;
#else
    const int most = 9;
#endif
    size_t n = 1;
    for (int k = 0; k <= most; k++, n *= 10)
        EXPECT_EQ(value(drive.reduce(n)), pi[k]) << n;
}

TEST_F(PrimeSieve, EveryCutOfTheFirstNumbers)
{
    ASSERT_TRUE(drive.open(20000));
    for (size_t lo = 0; lo < 130; lo++)
        for (size_t hi = lo; hi < 130; hi++)
            check(lo, hi);
}

TEST_F(PrimeSieve, EveryNFromZeroToAThousand)
{
    for (size_t n = 0; n <= 1000; n++) {
        ASSERT_TRUE(drive.open(n)) << n;
        check(0, n);
        if (n > 0)
            check(n - 1, n);
    }
}

TEST_F(PrimeSieve, EveryFirstNumberAndSmallN)
{
    for (uint64_t first = 0; first <= 200; first++) {
        drive.set("first", first);
        ASSERT_TRUE(drive.open(1000));
        for (const size_t n : { 0, 1, 2, 7, 29, 30, 31, 61, 240, 1000 })
            ASSERT_EQ(value(drive.fold(0, n)), plain()[first + n] - plain()[first])
                << first << " " << n;
    }
}

TEST_F(PrimeSieve, EveryNumberAlone)
{
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

/* A segment of a block that begins at lo ends a lead below a multiple of its size: 3 KiB here,
   since base primes go to 3000. */
TEST_F(PrimeSieve, CutsAtTheEdgesOfPiecesAndSegments)
{
    ASSERT_TRUE(drive.open(9000000));
    for (const size_t edge : { 1u << 10, 1u << 11, 1u << 14, 1u << 15, 1u << 17, 1u << 18 })
        for (const size_t bytes : { edge, edge - 3072 % edge })
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

TEST_F(PrimeSieve, AddsToWhatIsThere)
{
    ASSERT_TRUE(drive.open(1000));
    Bytes acc = drive.fold(0, 100);
    drive.fold_on(acc, 100, 1000);
    EXPECT_EQ(value(acc), 168u);
}

TEST_F(PrimeSieve, GrainBalancesAndAmortises)
{
    const auto blocks = [&](uint64_t first, size_t n) {
        drive.set("first", first);
        return (n - 1) / drive.kernel->grain(n, drive.ctx.data()) + 1;
    };
    EXPECT_EQ(blocks(0, 1000), 1u);
    EXPECT_GE(blocks(0, 1000000000), 32u);
    EXPECT_LE(blocks(0, 1000000000), 130u);
    EXPECT_GE(blocks(0, 10000000000), 100u);
    EXPECT_GE(blocks(10000000000000000, 10000000000), 4u);
    EXPECT_LE(blocks(10000000000000000, 10000000000), 16u);
    EXPECT_LE(blocks(0, SIZE_MAX), 65537u);
}

TEST_F(PrimeSieve, RefusesBeyond64Bits)
{
    drive.set("first", UINT64_MAX);
    EXPECT_FALSE(drive.open(2));
    EXPECT_NE(drive.refused.find("2^64"), std::string::npos);
    drive.set("first", UINT64_MAX - 998);
    EXPECT_FALSE(drive.open(1000));
    drive.set("first", (uint64_t)2);
    EXPECT_FALSE(drive.open(SIZE_MAX)) << "the last of 2^64 - 1 items from 2 on would be 2^64";
}

TEST_F(PrimeSieve, StopEndsALongBlock)
{
    const size_t n = 30000000;
    ASSERT_TRUE(drive.open(n));
    const uint64_t whole = value(drive.fold(0, n));
    drive.stop_after = 1;
    EXPECT_LT(value(drive.fold(0, n)), whole);
}
