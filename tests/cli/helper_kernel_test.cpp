// SPDX-License-Identifier: MIT
// A kernel's items in processes of their own: whatever one does, the next one is as ever.
#include "helping.h"

#include <thread>

namespace {

using namespace helping;

struct odd_out {
    uint64_t index, item, scratch, shared;
};

enum { REFUSE_N = 1, CRASH_N = 2 };

int prepare_odd(size_t n, const void *, void **shared, const char **why)
{
    static uint64_t made = 77;
    *shared = &made;
    *why = "n may not be 1";
    if (n == CRASH_N)
        raise(SIGKILL);
    return n == REFUSE_N;
}

size_t scratch_of_odd(size_t, const void *)
{
    return 8;
}

void map_odd(const plx_block *block)
{
    const uint64_t item = *static_cast<const uint64_t *>(block->in);
    uint64_t *scratch = static_cast<uint64_t *>(block->scratch);
    auto *out = static_cast<odd_out *>(block->out);
    *out = {block->lo, item, *scratch, *static_cast<const uint64_t *>(block->shared)};
    ++*scratch;
    EXPECT_EQ(block->hi, block->lo + 1);
    EXPECT_EQ(plx_resource(block), nullptr);
    switch (item) {
    case 1: plx_fail(block, block->lo, 42, "it is one"); break;
    case 2: raise(SIGSEGV); break;
    case 3: exit(3);
    case 4: while (!plx_stopped(block)) poll(nullptr, 0, 1); break;
    case 5: signal(SIGTERM, SIG_IGN); for (;;) pause();
    case 6: printf("printed\n"); fprintf(stderr, "said\n"); break;
    case 7: exit(0);
    case 11: fork(); for (;;) pause();
    case 8: *static_cast<uint64_t *>(const_cast<void *>(block->ctx)) = 1; break;
    case 9: out->shared = *static_cast<const uint64_t *>(block->ctx); break;
    }
}

void map_length(const plx_block *block)
{
    *static_cast<uint64_t *>(block->out) = block->at[1] - block->at[0];
}

class HelperKernel : public testing::Test {
protected:
    void start(size_t n)
    {
        kernel.size = sizeof kernel;
        kernel.name = "odd";
        kernel.in_size = 8;
        kernel.out_size = sizeof(odd_out);
        kernel.ctx_size = 8;
        kernel.prepare = prepare_odd;
        kernel.scratch_size = scratch_of_odd;
        kernel.map = map_odd;
        start_it(n);
    }
    void start_it(size_t n)
    {
        plx_helper_how how = {};
        how.channels = 2;
        how.kernel = &kernel;
        how.ctx = &ctx;
        how.n = n;
        ASSERT_EQ(plx_helper_start(&helper, &how), 0);
    }
    void TearDown() override { plx_helper_stop(helper); }
    told run(uint64_t item, limits limit = {})
    {
        out = {9, 9, 9, 9};
        return ask(helper, 5, std::string(reinterpret_cast<char *>(&item), 8), limit, &out);
    }
    plx_kernel kernel = {};
    uint64_t ctx = 11;
    odd_out out = {};
    plx_helper *helper = nullptr;
};

TEST_F(HelperKernel, EachItemIsOnItsOwn)
{
    start(100);
    EXPECT_EQ(plx_helper_refused(helper), nullptr);
    for (uint64_t item : {10, 8, 9, 10}) { // 8 writes over what is read only: its own copy
        const told one = run(item);
        EXPECT_TRUE(one.known);
        EXPECT_FALSE(one.end.failed) << one.end.why;
        EXPECT_EQ(out.index, 5u);
        EXPECT_EQ(out.item, item);
        EXPECT_EQ(out.scratch, 0u);
        EXPECT_EQ(out.shared, item == 9 ? 11u : 77u);
    }
    const told said = run(6);
    EXPECT_EQ(said.text[0], "printed\n");
    EXPECT_EQ(said.text[1], "said\n");
}

TEST_F(HelperKernel, WhateverItDoesCostsOneItem)
{
    start(100);
    const struct {
        uint64_t item;
        int code, signal;
        const char *why;
    } rows[] = {
        {1, 42, 0, "it is one"},
        {2, 128 + SIGSEGV, SIGSEGV, "signal 11 (Segmentation fault)"},
        {3, 3, 0, "ended the process with exit code 3"},
        {7, 65, 0, "ended the process with exit code 0"},
    };
    for (const auto &row : rows) {
        const told one = run(row.item);
        EXPECT_TRUE(one.known && one.end.failed);
        EXPECT_EQ(one.end.code, row.code);
        EXPECT_EQ(one.end.signal, row.signal);
        EXPECT_EQ(std::string(one.end.why), row.why);
        EXPECT_EQ(out.index, 9u); // nothing of it is taken over
        EXPECT_FALSE(run(10).end.failed);
    }
}

TEST_F(HelperKernel, EndlessOnesEnd)
{
    start(100);
    const told heard = run(4, {0.2}), deaf = run(5, {0.1});
    const told stopped = run(4, {0, stop_now, nullptr});
    EXPECT_TRUE(heard.end.timed_out && heard.end.failed);
    EXPECT_EQ(heard.end.signal, 0);
    EXPECT_TRUE(deaf.end.timed_out);
    EXPECT_EQ(deaf.end.signal, SIGKILL);
    EXPECT_TRUE(stopped.end.stopped);
    EXPECT_EQ(stopped.end.signal, 0);
    EXPECT_FALSE(run(10).end.failed);
}

TEST_F(HelperKernel, WhatItStartedHoldsNothingUp)
{
    start(100);
    EXPECT_EQ(plx_helper_refused(helper), nullptr);
    std::thread killer([] {
        std::set<pid_t> all;
        const pid_t first = children_of(getpid(), "parallax-help").at(0);
        ASSERT_TRUE(becomes([&] { return (all = below(first)).size() == 5; }));
        std::vector<pid_t> lanes = children_of(first);
        kill(first, SIGKILL);
        for (pid_t lane : lanes)
            kill(lane, SIGKILL);
    });
    EXPECT_FALSE(run(11).known);
    killer.join();
}

TEST_F(HelperKernel, ItemsThatDifferInLength)
{
    kernel.size = sizeof kernel;
    kernel.in_size = PLX_VARIES;
    kernel.out_size = 8;
    kernel.map = map_length;
    start_it(0);
    EXPECT_EQ(plx_helper_refused(helper), nullptr);
    for (size_t size : {size_t{0}, size_t{7}, size_t{300000}}) {
        uint64_t length = 9;
        EXPECT_FALSE(ask(helper, 0, std::string(size, 'x'), {}, &length).end.failed);
        EXPECT_EQ(length, size);
    }
}

TEST_F(HelperKernel, ARefusalIsTold)
{
    start(REFUSE_N);
    EXPECT_STREQ(plx_helper_refused(helper), "n may not be 1");
    EXPECT_FALSE(run(10).known);
}

TEST_F(HelperKernel, PreparingThatDiesIsTold)
{
    start(CRASH_N);
    EXPECT_STREQ(plx_helper_refused(helper), "preparing it ended the process");
    EXPECT_FALSE(run(10).known);
}

}  // namespace
