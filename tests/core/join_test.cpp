// SPDX-License-Identifier: MIT
// core/join.c: the tree's bytes whatever the order of arrival and however ranges are cut; few live
// accumulators.
#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "inside.h"

// Composition of x -> a x + b: does not commute, so that any other join shows.
struct Affine {
    uint64_t a, b;
    bool operator==(const Affine &o) const
    {
        return a == o.a && b == o.b;
    }
};

static constexpr uint64_t P = 2147483647;

static Affine then(Affine l, Affine r)
{
    return {l.a * r.a % P, (r.a * l.b + r.b) % P};
}

static Affine leaf(size_t lo, size_t hi)
{
    Affine acc = {1, 0};
    for (size_t i = lo; i < hi; i++)
        acc = then(acc, {2 * i + 3, i + 7});
    return acc;
}

// A float sum beside it: composition is associative, so it would not see another tree.
struct Both {
    Affine affine;
    double sum;
    bool operator==(const Both &o) const
    {
        return affine == o.affine && sum == o.sum;
    }
};

static double part(size_t lo, size_t hi)
{
    double sum = 0;
    for (size_t i = lo; i < hi; i++)
        sum += 1.0 / (double)(3 * i + 1);
    return sum;
}

static const plx_kernel both = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "both";
    k.acc_size = sizeof(Both);
    k.identity = [](void *acc, const void *) { *static_cast<Both *>(acc) = {{1, 0}, 0}; };
    k.fold = [](const plx_block *b, void *acc) {
        *static_cast<Both *>(acc) = {leaf(b->lo, b->hi), part(b->lo, b->hi)};
    };
    k.combine = [](void *left, const void *right, const void *) {
        auto *l = static_cast<Both *>(left);
        auto *r = static_cast<const Both *>(right);
        *l = {then(l->affine, r->affine), l->sum + r->sum};
    };
    return k;
}();

// The law by recursion: split at the largest power of two below the number of blocks.
static Both tree(size_t first, size_t end, size_t n, size_t grain)
{
    if (end - first == 1)
        return {leaf(first * grain, std::min(n, end * grain)),
                part(first * grain, std::min(n, end * grain))};
    size_t half = 1;
    while (2 * half < end - first)
        half *= 2;
    Both l = tree(first, first + half, n, grain), r = tree(first + half, end, n, grain);
    return {then(l.affine, r.affine), l.sum + r.sum};
}

TEST(Join, BlocksInAnyOrder)
{
    std::mt19937 random(7);
    for (size_t blocks : {1, 2, 3, 5, 6, 7, 11, 64, 65, 100, 257}) {
        size_t grain = 3, n = blocks * grain - 1;
        std::vector<size_t> order(blocks);
        std::iota(order.begin(), order.end(), size_t{0});
        Both expected = tree(0, blocks, n, grain);
        for (int trial = 0; trial < 20; trial++) {
            Both got;
            ASSERT_EQ(PLX_OK, inside_reduce_in_order(&both, n, grain, order.data(), &got));
            EXPECT_TRUE(expected == got) << blocks << " blocks, trial " << trial;
            std::shuffle(order.begin(), order.end(), random);
        }
    }
}

TEST(Join, RangesOfRanks)
{
    for (size_t blocks : {1, 2, 3, 5, 7, 13, 64, 100, 257, 1000})
        for (int ranks : {1, 2, 3, 4, 5, 7, 8, 31}) {
            Both got;
            ASSERT_EQ(PLX_OK, inside_reduce_by_ranges(&both, 2 * blocks, 2, ranks, &got));
            EXPECT_TRUE(tree(0, blocks, 2 * blocks, 2) == got)
                << blocks << " blocks, " << ranks << " ranks";
        }
}

static constexpr size_t BINS = 65536;

static const plx_kernel bins = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "bins";
    k.acc_size = BINS * sizeof(double);
    k.grain = [](size_t, const void *) { return size_t{1}; };
    k.fold = [](const plx_block *b, void *acc) { static_cast<double *>(acc)[b->lo % BINS] += 1; };
    k.combine = [](void *left, const void *right, const void *) {
        for (size_t i = 0; i < BINS; i += 4096)
            static_cast<double *>(left)[i] += static_cast<const double *>(right)[i];
    };
    return k;
}();

// 512 KiB each: about workers x log2(blocks) may live, never one for each block. A worker has at
// most one partial for each level of the chunk that it runs, and one waits at each level above.
TEST(Join, FewLargeAccumulatorsLive)
{
    for (const char *model : {"serial", "omp", "pthread"})
        for (int threads : {1, 2, 4})
            for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC}) {
                if (!plx_offers(model, PLX_REDUCE, nullptr))
                    continue;
                size_t blocks = 512, levels = 10;
                size_t made = inside_accumulators(model, threads, &bins, blocks, schedule);
                EXPECT_GT(made, 0u) << model;
                EXPECT_LE(made, (size_t)(threads + 1) * levels)
                    << model << " " << threads << " " << schedule;
            }
}
