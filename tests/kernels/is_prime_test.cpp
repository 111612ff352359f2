/* SPDX-License-Identifier: MIT */
/* is_prime against a plain sieve, and against numbers that look prime. */
#include "drive.h"

class IsPrime : public ::testing::Test {
protected:
    Drive drive{ "is_prime" };
    void SetUp() override { ASSERT_TRUE(drive.open(0)); }
    bool prime(uint64_t i) { return drive.map(i, i + 1).at(0) == 1; }
};

TEST_F(IsPrime, EqualsASieve)
{
    const size_t n = 30000;
    Bytes expected(n, 1);
    expected[0] = expected[1] = 0;
    for (size_t i = 2; i < n; i++)
        for (size_t j = 2 * i; j < n; j += i)
            expected[j] = 0;
    EXPECT_EQ(drive.map(0, n), expected);
}

TEST_F(IsPrime, SquaresAndPseudoprimes)
{
    for (const uint64_t composite : { 3215031751u, 25326001u, 1373653u, 561u })
        EXPECT_FALSE(prime(composite)) << composite;
    for (const uint64_t p : { 65521u, 65519u, 46337u, 7919u }) {
        EXPECT_TRUE(prime(p)) << p;
        EXPECT_FALSE(prime(p * p)) << p;
    }
    EXPECT_FALSE(prime((uint64_t)65521 * 65519));
    EXPECT_FALSE(prime(4294967297u));
    EXPECT_TRUE(prime(4294967291u));
    EXPECT_TRUE(prime(4294967311u));
    EXPECT_TRUE(prime(1000000000039u));
}

/* Composite, so they end early; nothing is squared, so nothing overflows. */
TEST_F(IsPrime, TheLargestNumbers)
{
    EXPECT_FALSE(prime(UINT64_MAX - 1));
    EXPECT_FALSE(prime(UINT64_MAX - 2));
    EXPECT_FALSE(prime(UINT64_MAX - 4));
}

TEST_F(IsPrime, AnItemDependsOnItsNumberAlone)
{
    using Cut = std::pair<size_t, size_t>;
    const Bytes whole = drive.map(1000000, 1000300);
    Bytes parts = drive.map(1000000, 1000007);
    for (const auto &cut : { Cut{ 1000007, 1000008 }, Cut{ 1000008, 1000300 } }) {
        const Bytes part = drive.map(cut.first, cut.second, nullptr, 3);
        parts.insert(parts.end(), part.begin(), part.end());
    }
    EXPECT_EQ(whole, parts);
}

/* The declared work is an estimate: additive within a few percent, and dearer far out. */
TEST_F(IsPrime, WorkIsSkewed)
{
    const auto work = [&](size_t lo, size_t hi) {
        return drive.kernel->work(lo, hi, nullptr, nullptr);
    };
    const double whole = work(0, 1000000);
    const double halves = work(0, 500000) + work(500000, 1000000);
    EXPECT_LT(std::abs(whole / halves - 1), 0.05);
    EXPECT_GT(work(1000000000, 1000001000), 10 * work(1000000, 1001000));
}
