// SPDX-License-Identifier: MIT
// Nothing is allocated between a body's begin and its end, whoever runs its parts.
#include <atomic>

#include <gtest/gtest.h>

#include "inside.h"

namespace
{

struct Fib {
    int n;
    long value;
};

void fib(plx_strand *strand, void *arg)
{
    auto *f = static_cast<Fib *>(arg);
    f->value = f->n;
    if (f->n < 2)
        return;
    Fib left{f->n - 1, 0}, right{f->n - 2, 0};
    plx_both(strand, fib, &left, fib, &right);
    f->value = left.value + right.value;
}

struct Counted {
    Fib fib;
    size_t during;
};

void count(plx_strand *strand, void *arg)
{
    auto *c = static_cast<Counted *>(arg);
    size_t before = inside_allocations();
    for (int i = 0; i < 5; i++)
        fib(strand, &c->fib);
    c->during = inside_allocations() - before;
}

TEST(Memory, AForkAllocatesNothing)
{
    for (const char *model : {"serial", "pthread", "omp"})
        for (int threads : {1, 2, 4}) {
            plx_team *team = nullptr;
            size_t before = inside_allocations();
            plx_status status = plx_open(model, threads, &team);
            if (status == PLX_UNSUPPORTED)
                continue;
            ASSERT_EQ(PLX_OK, status);
            EXPECT_GT(inside_allocations(), before) << "the count is blind";
            Counted counted{{18, 0}, 0};
            EXPECT_EQ(PLX_OK, plx_divide(team, nullptr, count, &counted, nullptr));
            EXPECT_EQ(2584, counted.fib.value);
            EXPECT_EQ(0u, counted.during) << model << ", " << threads << " threads";
            plx_close(team);
        }
}

} // namespace
