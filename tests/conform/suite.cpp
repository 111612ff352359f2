// SPDX-License-Identifier: MIT
#include "suite.hpp"

#include <cstdlib>

std::vector<Setting> settings()
{
    const char *wanted = std::getenv("PLX_TEST_MODELS");
    bool mpi = wanted && std::string(wanted) == "mpi";
    std::vector<Setting> all;
    plx_model_info info;
    for (size_t i = 0; plx_model_at(i, &info); i++) {
        std::string name = info.name;
        if (!info.available || mpi != (name.rfind("mpi", 0) == 0))
            continue;
        bool single = name == "serial" || name == "mpi";
        for (int threads : mpi ? std::vector<int>{1, 2} : std::vector<int>{1, 2, 3, 7, 16})
            if (!single || threads == 1)
                all.push_back({name, threads});
    }
    return all;
}

std::string setting_name(const ::testing::TestParamInfo<Setting> &info)
{
    std::string name = info.param.model + "_" + std::to_string(info.param.threads);
    for (char &c : name)
        c = c == '+' ? '_' : c;
    return name;
}

std::vector<Cut> cuts()
{
    std::vector<Cut> all;
    for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC})
        for (size_t grain : {size_t{1}, size_t{7}, size_t{100}, size_t{0}})
            for (size_t n : {size_t{0}, size_t{1}, size_t{2}, size_t{6}, size_t{7}, size_t{8},
                             size_t{99}, size_t{100}, size_t{101}, size_t{1000}, size_t{3001}})
                all.push_back({n, grain, schedule});
    return all;
}

std::string text(const Cut &c)
{
    return "n " + std::to_string(c.n) + " grain " + std::to_string(c.grain) + " schedule " +
           std::to_string(c.schedule);
}

static plx_block block_at(const plx_kernel &k, size_t lo, size_t hi, size_t skip, const void *in,
                          const size_t *at, const void *ctx)
{
    plx_block b{};
    bool varies = k.in_size == PLX_VARIES;
    b.lo = lo;
    b.hi = hi;
    b.in = !in || varies ? in : static_cast<const char *>(in) + skip * k.in_size;
    b.at = at ? at + skip : nullptr;
    b.ctx = ctx;
    return b;
}

// A kernel's own preparation and scratch, for as long as the oracle needs them.
struct Prepared {
    Prepared(const plx_kernel &k, size_t n, const void *ctx) : kernel(k)
    {
        const char *why = nullptr;
        if (k.prepare)
            EXPECT_EQ(0, k.prepare(n, ctx, &shared, &why));
        scratch.resize(k.scratch_size ? k.scratch_size(n, ctx) : 0);
    }
    ~Prepared()
    {
        if (kernel.prepare && kernel.release)
            kernel.release(shared);
    }
    void lend(plx_block &b)
    {
        b.shared = shared;
        b.scratch = scratch.empty() ? nullptr : scratch.data();
    }
    const plx_kernel &kernel;
    void *shared = nullptr;
    std::vector<unsigned char> scratch;
};

std::vector<unsigned char> whole_map(const plx_kernel &k, size_t lo, size_t hi, const void *in,
                                     const size_t *at, const void *ctx)
{
    std::vector<unsigned char> out((hi - lo) * k.out_size);
    Prepared own(k, hi, ctx);
    plx_block b = block_at(k, lo, hi, 0, in, at, ctx);
    own.lend(b);
    b.out = out.data();
    if (hi > lo)
        k.map(&b);
    return out;
}

// The join's law by plain recursion: split [first, end) at first + the largest power of two below
// its length.
struct Recursion {
    const plx_kernel &k;
    Prepared own;
    size_t lo, n, grain;
    const void *in;
    const size_t *at;
    const void *ctx;
    using Acc = std::vector<unsigned char>; // from operator new: aligned for any type

    Acc identity() const
    {
        Acc acc(k.acc_size);
        if (k.identity)
            k.identity(acc.data(), ctx);
        return acc;
    }
    Acc fold(size_t first, size_t end)
    {
        if (end - first == 1) {
            Acc acc = identity();
            size_t skip = first * grain, stop = std::min(n, skip + grain);
            plx_block b = block_at(k, lo + skip, lo + stop, skip, in, at, ctx);
            own.lend(b);
            k.fold(&b, acc.data());
            return acc;
        }
        size_t half = 1;
        while (2 * half < end - first)
            half *= 2;
        Acc left = fold(first, first + half), right = fold(first + half, end);
        k.combine(left.data(), right.data(), ctx);
        return left;
    }
};

std::vector<unsigned char> tree_fold(const plx_kernel &k, size_t lo, size_t n, size_t grain,
                                     const void *in, const size_t *at, const void *ctx)
{
    Recursion r{k, Prepared(k, lo + n, ctx), lo, n, grain, in, at, ctx};
    Recursion::Acc acc = n ? r.fold(0, (n + grain - 1) / grain) : r.identity();
    if (k.finish)
        k.finish(acc.data(), ctx);
    return acc;
}

// The scan's law as two plain loops: blocks folded from the identity and combined from left to
// right, items folded one by one onto what comes before their block.
std::vector<unsigned char> prefix_folds(const plx_kernel &k, size_t n, size_t grain, const void *in,
                                        const size_t *at, const void *ctx, bool exclusive)
{
    Recursion r{k, Prepared(k, n, ctx), 0, n, grain, in, at, ctx};
    Recursion::Acc before = r.identity();
    std::vector<unsigned char> out;
    auto put = [&](Recursion::Acc acc) {
        if (k.finish)
            k.finish(acc.data(), ctx);
        out.insert(out.end(), acc.begin(), acc.end());
    };
    for (size_t lo = 0; lo < n; lo += grain) {
        Recursion::Acc acc = before;
        for (size_t i = lo; i < std::min(n, lo + grain); i++) {
            if (exclusive)
                put(acc);
            plx_block b = block_at(k, i, i + 1, i, in, at, ctx);
            r.own.lend(b);
            k.fold(&b, acc.data());
            if (!exclusive)
                put(acc);
        }
        Recursion::Acc whole = r.fold(lo / grain, lo / grain + 1);
        if (lo == 0)
            before = whole;
        else
            k.combine(before.data(), whole.data(), ctx);
    }
    return out;
}

std::vector<double> reals(size_t n)
{
    std::vector<double> x(n);
    uint64_t state = 88172645463325252u;
    for (double &v : x) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        v = (double)(state >> 11) * 0x1p-53 * 1e6 - 3e5;
    }
    return x;
}

std::vector<uint64_t> integers(size_t n)
{
    std::vector<uint64_t> x(n);
    for (size_t i = 0; i < n; i++)
        x[i] = i * 2654435761u + 12345;
    return x;
}

std::string strings(size_t n, std::vector<size_t> &at)
{
    std::string all;
    at.assign(1, 0);
    for (size_t i = 0; i < n; i++) {
        all += std::string(i * 7 % 13, (char)('a' + i % 26));
        at.push_back(all.size());
    }
    return all;
}
