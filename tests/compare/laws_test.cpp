// SPDX-License-Identifier: MIT
// compare/laws/laws.c: a toy kernel that breaks each law in just one way is named by that law;
// good ones pass. The built-in kernels are checked by the command (tests/cli).
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "compare/laws/laws.h"
}

namespace
{

// ---- the toys: out[i] = 2 in[i] + i; the sum of in; each with the one thing that is wrong

enum Wrong {
    NOTHING, COUNTS, SCRATCH_STATE, SCRATCH_BEYOND, OUT_BEYOND, OUT_BEFORE, OUT_UNWRITTEN, PLACE_IN,
    PLACE_OUT, READS_BESIDE, WRITES_IN, WRITES_CTX, CUT_SEEN, FAIL_OUTSIDE, FAIL_TWICE,
    FAIL_WRITTEN, FAIL_RANDOM, ACC_BEYOND, ACC_PADDING, IDENTITY_SEVEN, INEXACT, EXACT_FAILS,
    COMBINE_COUNTS, COMBINE_BEYOND, COMBINE_RIGHT, FINISH_COUNTS, LATE
};

struct Ctx {
    uint64_t wrong, extra;
};

struct Acc {
    double sum;
    uint32_t items;
    // four bytes of padding
};

uint64_t calls;                                         // what no kernel may have

Wrong wrong_of(const void *ctx)
{
    return static_cast<Wrong>(static_cast<const Ctx *>(ctx)->wrong);
}

template <typename T> T *writable(const void *pointer)
{
    return static_cast<T *>(const_cast<void *>(pointer));
}

bool at_odd_place(const void *pointer)
{
    return reinterpret_cast<uintptr_t>(pointer) % 32 == 24;
}

void fail_wrongly(const plx_block *block, Wrong wrong, double *out)
{
    if (wrong == FAIL_OUTSIDE)
        plx_fail(block, block->hi, 1, "not mine");
    for (int i = 0; wrong == FAIL_TWICE && i < 2; i++)
        plx_fail(block, block->lo, 1, "again");
    if (wrong == FAIL_RANDOM && calls++ % 2)
        plx_fail(block, block->lo, 1, "now and then");
    if (wrong == FAIL_WRITTEN) {
        plx_fail(block, block->lo, 1, "and yet");
        out[0] = 3;
    }
}

void toy_map(const plx_block *block)
{
    const Wrong wrong = wrong_of(block->ctx);
    const size_t items = block->hi - block->lo;
    const double *in = static_cast<const double *>(block->in);
    double *out = static_cast<double *>(block->out);
    uint64_t *scratch = static_cast<uint64_t *>(block->scratch);
    const double before = out[items - 1];
    for (size_t i = 0; i < items; i++)
        out[i] = 2 * in[i] + static_cast<double>(wrong == CUT_SEEN ? i : block->lo + i);
    fail_wrongly(block, wrong, out);
    switch (wrong) {
    case COUNTS: out[items / 2] += static_cast<double>(calls++); break;
    case SCRATCH_STATE: out[0] += static_cast<double>(scratch[1]++); break;
    case SCRATCH_BEYOND: scratch[2] = 1; break;
    case OUT_BEYOND: out[items] = 0; break;
    case OUT_BEFORE: memset(out - 1, 1, 2); break;
    case OUT_UNWRITTEN: memcpy(&out[items - 1], &before, 1); break;
    case PLACE_IN: out[0] += at_odd_place(in); break;
    case PLACE_OUT: out[0] += at_odd_place(out); break;
    case READS_BESIDE: out[items - 1] += in[items] > 1; break;
    case WRITES_IN: writable<double>(in)[0] = 0.5; break;
    case WRITES_CTX: writable<Ctx>(block->ctx)->extra++; break;
    case LATE: out[0] += block->lo > 10000 ? static_cast<double>(calls++) : 0; break;
    default: break;
    }
}

void toy_fold(const plx_block *block, void *acc)
{
    const Wrong wrong = wrong_of(block->ctx);
    const double *in = static_cast<const double *>(block->in);
    Acc *all = static_cast<Acc *>(acc);
    for (size_t i = 0; i < block->hi - block->lo; i++) {
        const double whole = static_cast<double>(static_cast<uint64_t>(1000 * in[i]));
        all->sum += wrong == INEXACT ? in[i] : whole;
    }
    all->items += static_cast<uint32_t>(block->hi - block->lo);
    if (wrong == COUNTS)
        all->items += static_cast<uint32_t>(calls++);
    if (wrong == ACC_BEYOND)
        writable<char>(acc)[sizeof(Acc)] = 1;
    if (wrong == PLACE_IN)
        all->items += at_odd_place(in);
    if (wrong == EXACT_FAILS)
        plx_fail(block, block->hi - 1, 1, "the last of each block");
}

void toy_identity(void *acc, const void *ctx)
{
    Acc *all = static_cast<Acc *>(acc);
    if (wrong_of(ctx) != ACC_PADDING)
        memset(acc, 0, sizeof *all);
    all->sum = wrong_of(ctx) == IDENTITY_SEVEN ? 7 : 0;
    all->items = 0;
}

void toy_combine(void *left, const void *right, const void *ctx)
{
    const Wrong wrong = wrong_of(ctx);
    Acc *l = static_cast<Acc *>(left);
    const Acc *r = static_cast<const Acc *>(right);
    if (wrong == COMBINE_COUNTS && l->items && r->items)
        l->sum += static_cast<double>(calls++);
    l->sum += r->sum;
    l->items += r->items;
    if (wrong == COMBINE_BEYOND)
        writable<char>(left)[-1] = 1;
    if (wrong == COMBINE_RIGHT)
        writable<Acc>(right)->items = 0;
}

void toy_finish(void *acc, const void *ctx)
{
    if (wrong_of(ctx) == FINISH_COUNTS)
        static_cast<Acc *>(acc)->sum += static_cast<double>(calls++);
}

size_t toy_scratch(size_t, const void *)
{
    return 2 * sizeof(uint64_t);
}

const plx_field toy_results[] = {
    { "sum", "of all", nullptr, PLX_F64, offsetof(Acc, sum), sizeof(double) },
    { "items", "of all", nullptr, PLX_BYTES, offsetof(Acc, items), sizeof(uint32_t) },
    { nullptr, nullptr, nullptr, PLX_BYTES, 0, 0 }
};

plx_kernel toy()
{
    plx_kernel kernel{};
    kernel.size = sizeof kernel;
    kernel.name = "toy";
    kernel.about = "out = 2 in + i";
    kernel.in_size = kernel.out_size = sizeof(double);
    kernel.in_type = kernel.out_type = PLX_F64;
    kernel.ctx_size = sizeof(Ctx);
    kernel.scratch_size = toy_scratch;
    return kernel;
}

plx_kernel map_toy()
{
    plx_kernel kernel = toy();
    kernel.map = toy_map;
    return kernel;
}

plx_kernel fold_toy(unsigned flags = PLX_EXACT)
{
    plx_kernel kernel = toy();
    kernel.out_size = 0;
    kernel.acc_size = sizeof(Acc);
    kernel.results = toy_results;
    kernel.flags = flags;
    kernel.fold = toy_fold;
    kernel.identity = toy_identity;
    kernel.combine = toy_combine;
    kernel.finish = toy_finish;
    return kernel;
}

// ---- items: item i is a fraction of its own

plx_status give(void *, size_t lo, size_t hi, size_t *, void *in)
{
    for (size_t i = lo; i < hi; i++) {
        const double value = static_cast<double>((i * 7919 + 13) % 1000) / 1000 + 0.0001;
        memcpy(static_cast<char *>(in) + (i - lo) * sizeof value, &value, sizeof value);
    }
    return PLX_OK;
}

plx_laws_result check(const plx_kernel &kernel, Wrong wrong, size_t n = 20000, double limit_s = 60)
{
    const Ctx ctx = { static_cast<uint64_t>(wrong), 5 };
    plx_laws_plan plan{};
    plan.kernel = &kernel;
    plan.ctx = &ctx;
    plan.n = n;
    plan.items = give;
    plan.limit_s = limit_s;
    plx_laws_result result;
    calls = 0;
    EXPECT_EQ(plx_laws_check(&plan, &result), PLX_OK) << result.why;
    return result;
}

struct Case {
    Wrong wrong;
    plx_law law;
    const char *says;
};

void expect_broken(const plx_kernel &kernel, const std::vector<Case> &cases)
{
    for (const Case &one : cases) {
        const plx_laws_result result = check(kernel, one.wrong);
        SCOPED_TRACE(one.wrong);
        EXPECT_STREQ(plx_laws_name(result.broken), plx_laws_name(one.law)) << result.why;
        EXPECT_NE(std::string(result.why).find(one.says), std::string::npos) << result.why;
        EXPECT_NE(std::string(result.why).find("items ["), std::string::npos) << result.why;
    }
}

void expect_kept(const plx_laws_result &result)
{
    EXPECT_EQ(result.broken, -1) << plx_laws_name(result.broken) << ": " << result.why;
    EXPECT_FALSE(result.cut_short);
    EXPECT_STREQ(result.doing, "");
}

TEST(Laws, EachLawBrokenByAMapIsNamed)
{
    expect_broken(map_toy(), {
        { COUNTS, PLX_LAW_REPEAT, "the same block twice gives other bytes: items [0, 4095)" },
        { SCRATCH_STATE, PLX_LAW_SCRATCH, "out byte" },
        { SCRATCH_BEYOND, PLX_LAW_BOUNDS, "writes byte 16 of scratch, which has 16" },
        { OUT_BEYOND, PLX_LAW_BOUNDS, "writes byte 24 of out, which has 24: items [0, 3)" },
        { OUT_BEFORE, PLX_LAW_BOUNDS, "before out" },
        { OUT_UNWRITTEN, PLX_LAW_WRITTEN, "(item 4094)" },
        { PLACE_IN, PLX_LAW_ALIGNMENT, "with in 24 and out 16 bytes further on" },
        { PLACE_OUT, PLX_LAW_ALIGNMENT, "(item 0)" },
        { READS_BESIDE, PLX_LAW_BOUNDS, "depend on what lies beside in" },
        { WRITES_IN, PLX_LAW_READ_ONLY, "writes into in" },
        { WRITES_CTX, PLX_LAW_READ_ONLY, "writes into ctx" },
        { CUT_SEEN, PLX_LAW_CUT, "other bytes than within items [0, 4095): items [1, 4095)" },
        { FAIL_OUTSIDE, PLX_LAW_FAILURES, "names item 3 outside the block" },
        { FAIL_TWICE, PLX_LAW_FAILURES, "names item 0 twice" },
        { FAIL_WRITTEN, PLX_LAW_FAILURES, "item 0 is written after its plx_fail" },
        { FAIL_RANDOM, PLX_LAW_REPEAT, "item 0 fails otherwise" },
        { LATE, PLX_LAW_REPEAT, "items [15905, 20000), out byte" },
    });
}

TEST(Laws, EachLawBrokenByAFoldIsNamed)
{
    expect_broken(fold_toy(), {
        { COUNTS, PLX_LAW_REPEAT, "acc byte 8" },
        { ACC_BEYOND, PLX_LAW_BOUNDS, "writes byte 16 of acc, which has 16" },
        { ACC_PADDING, PLX_LAW_WRITTEN, "acc byte 12; padding counts: set it" },
        { PLACE_IN, PLX_LAW_ALIGNMENT, "with in 24 bytes further on" },
        { IDENTITY_SEVEN, PLX_LAW_EXACT, "PLX_EXACT" },
        { INEXACT, PLX_LAW_EXACT, "gives other bytes if cut at item" },
        { EXACT_FAILS, PLX_LAW_EXACT, "failures depend on the cut" },
        { COMBINE_COUNTS, PLX_LAW_EXACT, "cut at item" },
        { COMBINE_BEYOND, PLX_LAW_BOUNDS, "1 bytes before combine's left side" },
        { COMBINE_RIGHT, PLX_LAW_READ_ONLY, "combine writes into its right side" },
        { FINISH_COUNTS, PLX_LAW_COMBINE, "finish twice" },
    });
    expect_broken(fold_toy(0), {
        { IDENTITY_SEVEN, PLX_LAW_IDENTITY, "identity + x gives other bytes than x" },
        { COMBINE_COUNTS, PLX_LAW_COMBINE, "combine twice" },
    });
}

TEST(Laws, AGoodMapKeepsAllThatApply)
{
    for (size_t n : { 1u, 2u, 3u, 4094u, 4096u, 100000u }) {
        const plx_laws_result result = check(map_toy(), NOTHING, n);
        SCOPED_TRACE(n);
        expect_kept(result);
        for (int law = 0; law < PLX_LAWS; law++) {
            const bool fold =
                law == PLX_LAW_EXACT || law == PLX_LAW_IDENTITY || law == PLX_LAW_COMBINE;
            EXPECT_EQ(result.applies[law], !fold) << plx_laws_name(law);
            EXPECT_EQ(result.checked[law] > 0, !fold && (n > 1 || law != PLX_LAW_CUT))
                << plx_laws_name(law);
        }
    }
}

TEST(Laws, AGoodFoldKeepsAllThatApply)
{
    for (unsigned flags : { 0u, static_cast<unsigned>(PLX_EXACT) }) {
        const plx_laws_result result = check(fold_toy(flags), NOTHING);
        expect_kept(result);
        for (int law = 0; law < PLX_LAWS; law++)
            EXPECT_EQ(result.checked[law] > 0,
                      law != PLX_LAW_CUT && (flags || law != PLX_LAW_EXACT)) << plx_laws_name(law);
    }
    expect_kept(check(fold_toy(0), INEXACT));           // nothing is asked of rounding
}

TEST(Laws, NoItemsLeaveTheIdentity)
{
    plx_laws_result result = check(fold_toy(), NOTHING, 0);
    expect_kept(result);
    EXPECT_GT(result.checked[PLX_LAW_IDENTITY], 0u);
    EXPECT_EQ(check(fold_toy(), IDENTITY_SEVEN, 0).broken, PLX_LAW_IDENTITY);
    result = check(map_toy(), NOTHING, 0);
    expect_kept(result);
    EXPECT_EQ(result.checked[PLX_LAW_REPEAT], 0u);
}

TEST(Laws, AKernelOfAnOlderHeaderReadsAsZeroBeyondItsEnd)
{
    plx_kernel kernel = fold_toy();
    kernel.size = offsetof(plx_kernel, finish);
    expect_kept(check(kernel, FINISH_COUNTS));
}

// ---- items that differ in length: their first and last byte, and how many there are

plx_status give_words(void *, size_t lo, size_t hi, size_t *at, void *in)
{
    at[0] = 0;
    for (size_t i = lo; i < hi; i++) {
        at[i - lo + 1] = at[i - lo] + i * 31 % 7;
        for (size_t b = at[i - lo]; in && b < at[i - lo + 1]; b++)
            static_cast<unsigned char *>(in)[b] =
                static_cast<unsigned char>(i * 5 + b - at[i - lo]);
    }
    return PLX_OK;
}

void words_map(const plx_block *block)
{
    const unsigned char *in = static_cast<const unsigned char *>(block->in);
    unsigned char *out = static_cast<unsigned char *>(block->out);
    const Wrong wrong = wrong_of(block->ctx);
    for (size_t i = 0; i < block->hi - block->lo; i++, out += 3) {
        const size_t from = block->at[i] - (wrong == CUT_SEEN ? block->at[0] : 0);
        const size_t size = block->at[i + 1] - block->at[i];
        out[0] = static_cast<unsigned char>(size);
        out[1] = size ? in[from] : 0;
        out[2] = size ? in[from + size - 1] : 0;
    }
    if (wrong == WRITES_IN)
        writable<size_t>(block->at)[0]++;
}

TEST(Laws, ItemsThatDifferInLength)
{
    plx_kernel kernel = map_toy();
    kernel.in_size = PLX_VARIES;
    kernel.in_type = kernel.out_type = PLX_BYTES;
    kernel.out_size = 3;
    kernel.map = words_map;
    const struct { Wrong wrong; int law; } cases[] = {
        { NOTHING, -1 }, { CUT_SEEN, PLX_LAW_CUT }, { WRITES_IN, PLX_LAW_READ_ONLY }
    };
    for (const auto &one : cases) {
        const Ctx ctx = { static_cast<uint64_t>(one.wrong), 0 };
        plx_laws_plan plan{};
        plan.kernel = &kernel;
        plan.ctx = &ctx;
        plan.n = 10000;
        plan.items = give_words;
        plan.limit_s = 60;
        plx_laws_result result;
        EXPECT_EQ(plx_laws_check(&plan, &result), PLX_OK);
        EXPECT_EQ(result.broken, one.law) << result.why;
    }
}

// ---- time, and what is no broken law

void slow_map(const plx_block *block)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(20 * (block->hi - block->lo)));
    toy_map(block);
}

TEST(Laws, ASlowKernelIsRunTwiceAndTheCheckCutShort)
{
    plx_kernel kernel = map_toy();
    kernel.map = slow_map;
    plx_laws_result result = check(kernel, NOTHING, 1000, 0.001);
    EXPECT_TRUE(result.cut_short);
    EXPECT_EQ(result.broken, -1);
    EXPECT_EQ(result.checked[PLX_LAW_REPEAT], 1u);
    EXPECT_EQ(result.checked[PLX_LAW_CUT], 0u);
    EXPECT_LT(result.elapsed_s, 5);
    EXPECT_EQ(check(kernel, COUNTS, 1000, 0.001).broken, PLX_LAW_REPEAT);
}

int refuse(size_t, const void *, void **, const char **why)
{
    *why = "not today";
    return 1;
}

plx_status no_items(void *, size_t, size_t, size_t *, void *)
{
    return PLX_NO_INPUT;
}

TEST(Laws, WhatCannotBeCheckedIsAStatus)
{
    plx_kernel kernel = map_toy();
    const Ctx ctx = { NOTHING, 0 };
    plx_laws_plan plan{};
    plan.kernel = &kernel;
    plan.ctx = &ctx;
    plan.n = 10;
    plan.items = no_items;
    plx_laws_result result;
    EXPECT_EQ(plx_laws_check(&plan, &result), PLX_NO_INPUT);
    EXPECT_STREQ(result.why, plx_status_text(PLX_NO_INPUT));
    kernel.prepare = refuse;
    EXPECT_EQ(plx_laws_check(&plan, &result), PLX_REFUSED);
    EXPECT_STREQ(result.why, "not today");
    EXPECT_EQ(result.broken, -1);
}

// ---- what a block needs beside its items

struct Table {
    uint64_t made, gone;
} table;

int prepare_table(size_t, const void *, void **shared, const char **)
{
    table.made++;
    *shared = &table;
    return 0;
}

void release_table(void *shared)
{
    static_cast<Table *>(shared)->gone++;
}

void table_map(const plx_block *block)
{
    toy_map(block);
    static_cast<double *>(block->out)[0] += block->shared == &table && block->in;
}

TEST(Laws, PrepareAndReleaseAreCalledOnce)
{
    plx_kernel kernel = map_toy();
    table = Table();
    kernel.prepare = prepare_table;
    kernel.release = release_table;
    expect_kept(check(kernel, NOTHING));
    EXPECT_EQ(table.made, 1u);
    EXPECT_EQ(table.gone, 1u);
    kernel.map = table_map;                             // adds to the first item of each block
    EXPECT_EQ(check(kernel, NOTHING).broken, PLX_LAW_CUT);
    EXPECT_EQ(table.gone, 2u);
}

size_t long_grain(size_t, const void *)
{
    return 6000;
}

void big_map(const plx_block *block)
{
    toy_map(block);
    if (block->hi - block->lo > 5000)
        static_cast<uint64_t *>(block->scratch)[2] = 1;
}

TEST(Laws, ABlockAsTheLibraryCutsItIsRunToo)
{
    plx_kernel kernel = map_toy();
    kernel.map = big_map;
    expect_kept(check(kernel, NOTHING));
    kernel.grain = long_grain;
    const plx_laws_result result = check(kernel, NOTHING);
    EXPECT_EQ(result.broken, PLX_LAW_BOUNDS);
    EXPECT_NE(std::string(result.why).find("items [6000, 12000)"), std::string::npos) << result.why;
}

} // namespace
