/* SPDX-License-Identifier: MIT */
/*
 * The laws of plx/kernel.h, tried on every kernel of the table, also on one that is added tomorrow:
 * random blocks of a small job, and nothing of a block's surroundings may show in its bytes.
 *
 * Drive looks at the guard bytes after every block. What the bytes should be, each kernel's own
 * test says.
 */
#include "drive.h"

#include <cstdio>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

namespace {

/* A job that is small enough to be run a hundred times; a kernel without a row gets 300 items. */
const struct Row {
    const char *kernel;
    size_t n;
    std::vector<std::pair<const char *, const char *>> params;
} rows[] = {
    { "busy", 300, { { "ops", "60" } } },
    { "file_digest", 12, {} },
    { "is_prime", 3000, {} },
    { "mandelbrot", 1200, { { "width", "40" }, { "height", "30" } } },
    { "n_queens", 1000, { { "queens", "7" } } },
    { "prime_sieve", 400000, {} },
    { "prime_sieve", 50, {} },
    { "sum_squares", 100000, {} },
    { "wait", 100, { { "ms", "0" } } },
};

constexpr int tries = 12;

/* What items must be aligned to: their type, or what their size allows. */
size_t alignment(plx_type type, size_t size)
{
    switch (type) {
    case PLX_F64: case PLX_I64: case PLX_U64: return 8;
    case PLX_F32: return 4;
    case PLX_U128: return 16;
    case PLX_U8: case PLX_TEXT: return 1;
    default: break;
    }
    size_t align = 1;
    while (size != PLX_VARIES && align < 16 && size % (2 * align) == 0)
        align *= 2;
    return align;
}

struct Block {
    size_t lo, hi;
};

/* One job of one kernel with input of its own. */
class Subject {
public:
    Drive drive;
    size_t n;
    std::mt19937_64 random{ 11 };

    explicit Subject(const Row &row) : drive(row.kernel), n(row.n)
    {
        const plx_kernel *kernel = drive.kernel;
        for (const auto &param : row.params) {
            const plx_field *field = find_field(kernel->params, param.first);
            EXPECT_TRUE(field && set_field(*field, drive.ctx.data(), param.second)) << param.first;
        }
        const size_t most = kernel->items ? kernel->items(drive.ctx.data()) : 0;
        n = most > 0 && most < n ? most : n;
        if (kernel->in_size == PLX_VARIES)
            make_files();
        else
            make_values();
        EXPECT_TRUE(drive.open(n)) << drive.refused;
    }
    ~Subject()
    {
        for (const std::string &path : files)
            std::remove(path.c_str());
        if (!folder.empty())
            rmdir(folder.c_str());
    }

    const uint8_t *item(size_t i) const
    {
        const size_t size = drive.kernel->in_size;
        return size == 0 ? nullptr : in.data() + (size == PLX_VARIES ? 0 : i * size);
    }
    size_t in_bytes(const Block &block) const
    {
        const size_t size = drive.kernel->in_size;
        return size == PLX_VARIES ? in.size() : (block.hi - block.lo) * size;
    }
    Bytes run(const Block &block) { return run_at(block, item(block.lo), 0); }
    Bytes run_at(const Block &block, const void *from, size_t out_shift)
    {
        return drive.kernel->fold ? drive.fold(block.lo, block.hi, from)
                                  : map_at(block, from, out_shift);
    }
    Bytes map_at(const Block &block, const void *from, size_t out_shift)
    {
        return drive.map(block.lo, block.hi, from, out_shift);
    }
    size_t below(size_t end) { return static_cast<size_t>(random() % end); }
    /* Mostly short ones, so that many begin and end at odd places; the first is the whole. */
    Block block(int number)
    {
        if (number == 0)
            return { 0, n };
        const size_t lo = below(n), left = n - lo, most = number % 2 ? left : left / 16 + 1;
        return { lo, lo + 1 + below(most) };
    }

private:
    void make_values()
    {
        const plx_kernel *kernel = drive.kernel;
        in.resize(n * kernel->in_size);
        std::uniform_real_distribution<double> real(-0.25, 1.25); /* within and beyond a unit */
        for (uint8_t &byte : in)
            byte = static_cast<uint8_t>(random());
        for (size_t i = 0; i + 8 <= in.size() && kernel->in_type == PLX_F64; i += 8) {
            const double value = real(random);
            std::memcpy(&in[i], &value, 8);
        }
        for (size_t i = 0; i + 4 <= in.size() && kernel->in_type == PLX_F32; i += 4) {
            const float value = static_cast<float>(real(random));
            std::memcpy(&in[i], &value, 4);
        }
    }
    /* Items that differ in length: as text any will do, as paths some are there, some are not. */
    void make_files()
    {
        char name[] = "/tmp/plx_laws_XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        folder = name;
        std::string all;
        for (size_t i = 0; i < n; i++) {
            at.push_back(all.size());
            const std::string path = folder + "/" + std::string(i, 'x');
            all += i % 4 == 3 ? "" : path;
            FILE *out = i % 3 ? std::fopen(path.c_str(), "wb") : nullptr;
            if (!out)
                continue;
            files.push_back(path);
            std::fprintf(out, "%*s\n", static_cast<int>(i * 40000), "");
            std::fclose(out);
        }
        at.push_back(all.size());
        in.assign(all.begin(), all.end());
        drive.at = at.data();
    }

    Bytes in;
    std::vector<size_t> at;
    std::string folder;
    std::vector<std::string> files;
};

/* Every kernel of the table with each of its rows. */
void for_all(const std::function<void(Subject &)> &law)
{
    for (size_t i = 0; plx_kernel_at(i); i++) {
        const std::string name = plx_kernel_at(i)->name;
        std::vector<Row> mine;
        for (const Row &row : rows)
            if (name == row.kernel)
                mine.push_back(row);
        if (mine.empty())
            mine.push_back({ name.c_str(), 300, {} });
        for (const Row &row : mine) {
            SCOPED_TRACE(name + ", n = " + std::to_string(row.n));
            Subject subject(row);
            ASSERT_GT(subject.n, 0u);
            law(subject);
        }
    }
}

std::string text(const Block &block)
{
    return "block " + std::to_string(block.lo) + " to " + std::to_string(block.hi);
}

TEST(Laws, TheSameBlockGivesTheSameBytesWhateverRanBefore)
{
    for_all([](Subject &s) {
        std::vector<Block> blocks;
        std::vector<Bytes> first;
        for (int t = 0; t < tries; t++) {
            blocks.push_back(s.block(t));
            first.push_back(s.run(blocks.back()));
        }
        for (size_t t = blocks.size(); t-- > 0;)
            EXPECT_EQ(s.run(blocks[t]), first[t]) << text(blocks[t]);
    });
}

TEST(Laws, WhatScratchHeldShowsNowhere)
{
    for_all([](Subject &s) {
        for (int t = 0; t < tries; t++) {
            const Block block = s.block(t);
            ASSERT_TRUE(s.drive.open(s.n, 0));
            const Bytes zeroed = s.run(block);
            ASSERT_TRUE(s.drive.open(s.n, 0xff));
            EXPECT_EQ(s.run(block), zeroed) << text(block);
        }
    });
}

TEST(Laws, EightPlacesOfInAndOutGiveTheSameBytes)
{
    for_all([](Subject &s) {
        const plx_kernel *kernel = s.drive.kernel;
        const size_t in_step = alignment(kernel->in_type, kernel->in_size),
                     out_step = alignment(kernel->out_type, kernel->out_size);
        for (int t = 0; t < 3; t++) {
            const Block block = s.block(t);
            const Bytes plain = s.run(block);
            for (size_t place = 1; place < 8; place++) {
                Room moved(s.in_bytes(block), place * in_step);
                if (s.in_bytes(block) > 0)
                    std::memcpy(moved.data(), s.item(block.lo), s.in_bytes(block));
                const void *from = kernel->in_size ? moved.data() : nullptr;
                EXPECT_EQ(s.run_at(block, from, place * out_step), plain)
                    << text(block) << ", place " << place;
                EXPECT_TRUE(moved.guarded());
            }
        }
    });
}

TEST(Laws, AMapsItemsDoNotDependOnTheCut)
{
    for_all([](Subject &s) {
        if (!s.drive.kernel->map)
            return;
        const Bytes whole = s.map_at({ 0, s.n }, s.item(0), 0);
        for (int t = 0; t < 4; t++) {
            Bytes parts;
            for (size_t lo = 0, hi; lo < s.n; lo = hi) {
                hi = lo + 1 + s.below(std::min(s.n - lo, s.n / 8 + 1));
                const Bytes part = s.map_at({ lo, hi }, s.item(lo), 0);
                parts.insert(parts.end(), part.begin(), part.end());
            }
            EXPECT_EQ(parts, whole);
        }
    });
}

TEST(Laws, AnExactFoldMayBeCutAnywhere)
{
    for_all([](Subject &s) {
        if (!s.drive.kernel->fold || !(s.drive.kernel->flags & PLX_EXACT))
            return;
        for (int t = 0; t < tries; t++) {
            const Block whole = s.block(t);
            const size_t middle = whole.lo + s.below(whole.hi - whole.lo + 1);
            const Block left = { whole.lo, middle }, right = { middle, whole.hi };
            const Bytes all = s.run(whole);
            const bool inside = left.lo < left.hi && right.lo < right.hi;
            const Bytes a = left.lo < left.hi ? s.run(left) : s.drive.identity();
            const Bytes b = right.lo < right.hi ? s.run(right) : s.drive.identity();
            EXPECT_EQ(s.drive.combine(a, b), all) << text(whole) << " at " << middle;
            Bytes onward = a;
            if (inside)
                s.drive.fold_on(onward, right.lo, right.hi, s.item(right.lo));
            EXPECT_TRUE(!inside || onward == all) << text(whole) << " on from " << middle;
        }
    });
}

TEST(Laws, AnExactCombineIsAssociative)
{
    for_all([](Subject &s) {
        if (!s.drive.kernel->fold || !(s.drive.kernel->flags & PLX_EXACT))
            return;
        for (int t = 1; t < 5; t++) {
            const Bytes a = s.run(s.block(t)), b = s.run(s.block(t)), c = s.run(s.block(t));
            EXPECT_EQ(s.drive.combine(s.drive.combine(a, b), c),
                      s.drive.combine(a, s.drive.combine(b, c)));
        }
    });
}

TEST(Laws, TheIdentityIsNeutralOnBothSides)
{
    for_all([](Subject &s) {
        if (!s.drive.kernel->fold)
            return;
        const Bytes none = s.drive.identity();
        EXPECT_EQ(s.drive.combine(none, none), none);
        for (int t = 0; t < tries; t++) {
            const Block block = s.block(t);
            const Bytes some = s.run(block);
            EXPECT_EQ(s.drive.combine(none, some), some) << text(block);
            EXPECT_EQ(s.drive.combine(some, none), some) << text(block);
        }
    });
}

TEST(Laws, NothingIsFailedTwiceAndOnlyInsideTheBlock)
{
    for_all([](Subject &s) {
        for (int t = 0; t < tries; t++) {
            const Block block = s.block(t);
            s.drive.failed.clear();
            s.run(block);
            std::vector<size_t> items;
            for (const Drive::Failure &one : s.drive.failed)
                items.push_back(one.item);
            std::sort(items.begin(), items.end());
            EXPECT_EQ(std::unique(items.begin(), items.end()), items.end()) << text(block);
            EXPECT_TRUE(items.empty() || (items.front() >= block.lo && items.back() < block.hi));
        }
    });
}

}
