/* SPDX-License-Identifier: MIT */
/* The table of kernels: names, order, and every entry well formed. */
#include "drive.h"

#include <algorithm>

static std::vector<const plx_kernel *> all_kernels()
{
    std::vector<const plx_kernel *> all;
    for (size_t i = 0; plx_kernel_at(i); i++)
        all.push_back(plx_kernel_at(i));
    return all;
}

static bool valid_name(const char *name)
{
    const std::string text = name ? name : "", allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return !text.empty() && text.find_first_not_of(allowed) == std::string::npos;
}

static size_t type_size(plx_type type)
{
    switch (type) {
    case PLX_F64: case PLX_I64: case PLX_U64: return 8;
    case PLX_F32: return 4;
    case PLX_U8: return 1;
    case PLX_U128: return 16;
    default: return 0;
    }
}

static void check_fields(const plx_field *list, size_t inside)
{
    std::vector<std::string> seen;
    for (; list && list->name; list++) {
        SCOPED_TRACE(list->name);
        EXPECT_TRUE(valid_name(list->name));
        EXPECT_EQ(std::count(seen.begin(), seen.end(), list->name), 0);
        seen.push_back(list->name);
        EXPECT_TRUE(list->about && *list->about && !std::strchr(list->about, '\n'));
        EXPECT_LE(list->offset + list->size, inside);
        if (list->type != PLX_TEXT && list->type != PLX_BYTES) {
            EXPECT_EQ(list->size, type_size(list->type));
        }
    }
}

TEST(Kernels, AreSortedByName)
{
    const auto all = all_kernels();
    ASSERT_FALSE(all.empty());
    for (size_t i = 1; i < all.size(); i++)
        EXPECT_LT(std::string(all[i - 1]->name), all[i]->name);
    EXPECT_EQ(plx_kernel_at(all.size()), nullptr);
    EXPECT_EQ(plx_kernel_at(SIZE_MAX), nullptr);
}

TEST(Kernels, AreFoundByName)
{
    const auto all = all_kernels();
    for (const plx_kernel *kernel : all)
        EXPECT_EQ(plx_kernel_find(kernel->name), kernel);
    for (const char *name : { "busy", "file_digest", "heavy_math", "histogram", "is_prime",
                              "mandelbrot", "moments", "monte_carlo_pi", "n_queens", "prime_sieve",
                              "square", "sum_squares", "wait" }) {
        const plx_kernel *found = plx_kernel_find(name);
        EXPECT_NE(found, nullptr) << name;
        EXPECT_EQ(std::count(all.begin(), all.end(), found), 1) << name;
    }
    for (const char *name : { "", "prime", "prime_sieve2", "Busy", " wait" })
        EXPECT_EQ(plx_kernel_find(name), nullptr) << name;
    EXPECT_EQ(plx_kernel_find(nullptr), nullptr);
}

TEST(Kernels, AreWellFormed)
{
    for (const plx_kernel *kernel : all_kernels()) {
        SCOPED_TRACE(kernel->name);
        EXPECT_EQ(kernel->size, sizeof(plx_kernel));
        EXPECT_TRUE(valid_name(kernel->name));
        EXPECT_TRUE(kernel->about && *kernel->about && !std::strchr(kernel->about, '\n'));
        EXPECT_TRUE(kernel->map || kernel->fold);
        EXPECT_EQ(kernel->map != nullptr, kernel->out_size > 0);
        EXPECT_EQ(kernel->fold != nullptr, kernel->acc_size > 0);
        EXPECT_EQ(kernel->fold != nullptr, kernel->combine != nullptr);
        EXPECT_LE(kernel->ctx_size, (size_t)PLX_CTX_MAX);
        EXPECT_EQ(kernel->params != nullptr, kernel->ctx_size > 0);
        EXPECT_GT(kernel->item_ns, 0);
        ASSERT_TRUE(kernel->results && kernel->results[0].name);
        check_fields(kernel->params, kernel->ctx_size);
        check_fields(kernel->results, kernel->fold ? kernel->acc_size : kernel->out_size);
    }
}

TEST(Kernels, TypesOfItemsFitTheirSizes)
{
    for (const plx_kernel *kernel : all_kernels()) {
        SCOPED_TRACE(kernel->name);
        if (kernel->in_type != PLX_BYTES && kernel->in_size != PLX_VARIES) {
            EXPECT_EQ(kernel->in_size, type_size(kernel->in_type));
        }
        if (kernel->out_type != PLX_BYTES) {
            EXPECT_EQ(kernel->out_size, type_size(kernel->out_type));
        }
    }
}

TEST(Kernels, EveryDefaultIsReadAndAccepted)
{
    for (const plx_kernel *kernel : all_kernels()) {
        SCOPED_TRACE(kernel->name);
        Drive drive(kernel->name);
        for (const plx_field *field = kernel->params; field && field->name; field++)
            EXPECT_TRUE(field->initial && set_field(*field, drive.ctx.data(), field->initial));
        for (size_t n : { 0u, 1u, 1000u })
            EXPECT_TRUE(drive.open(n)) << n << ": " << drive.refused;
    }
}

TEST(Kernels, WorkGrowsAndGrainIsPositive)
{
    for (const plx_kernel *kernel : all_kernels()) {
        SCOPED_TRACE(kernel->name);
        Drive drive(kernel->name);
        ASSERT_NE(kernel->work, nullptr);
        double bytes = -1;
        const double one = kernel->work(1000, 2000, drive.ctx.data(), &bytes);
        EXPECT_GE(bytes, 0);
        EXPECT_GT(one, 0);
        EXPECT_GT(kernel->work(1000, 3000, drive.ctx.data(), nullptr), one);
        for (size_t n : { (size_t)0, (size_t)1, (size_t)1000000000, (size_t)1000000000000 })
            if (kernel->grain) {
                const size_t grain = kernel->grain(n, drive.ctx.data());
                ASSERT_GT(grain, 0u) << n;
                EXPECT_LE(n / grain, 65536u) << n;
            }
    }
}
