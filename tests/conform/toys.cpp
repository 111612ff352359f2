// SPDX-License-Identifier: MIT
// Kernels that make a mistake show: each says which.
#include "suite.hpp"

int my_rank, prepared, released;

static plx_kernel toy(const char *name, void (*fill)(plx_kernel &))
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = name;
    k.about = "a toy of the conformance suite";
    fill(k);
    return k;
}

// affine: any exchange of left and right, any lost or doubled block changes the result.
static constexpr uint64_t P = 2147483647; // products fit 64 bits
struct Affine {
    uint64_t a, b;
};

static void affine_identity(void *acc, const void *)
{
    *static_cast<Affine *>(acc) = {1, 0};
}

static void affine_combine(void *left, const void *right, const void *)
{
    auto *l = static_cast<Affine *>(left);
    auto *r = static_cast<const Affine *>(right);
    *l = {l->a * r->a % P, (r->a * l->b + r->b) % P};
}

static void affine_fold(const plx_block *b, void *acc)
{
    auto *in = static_cast<const uint64_t *>(b->in);
    for (size_t i = b->lo; i < b->hi; i++) {
        uint64_t x = in ? in[i - b->lo] % P : i;
        Affine f = {(2 * x + 3) % P, (x * x + i + 7) % P};
        affine_combine(acc, &f, nullptr);
    }
}

static void fill_affine(plx_kernel &k)
{
    k.acc_size = sizeof(Affine);
    k.fold = affine_fold;
    k.identity = affine_identity;
    k.combine = affine_combine;
    k.item_ns = 20000.0 / 64; // default grain: 64 items
}

const plx_kernel affine = toy("affine", fill_affine);
const plx_kernel affine_in = toy("affine_in", [](plx_kernel &k) {
    fill_affine(k);
    k.in_size = 8;
});

// stamp: an item at the wrong place carries another index than its own.
const plx_kernel stamp = toy("stamp", [](plx_kernel &k) {
    k.in_size = sizeof(double);
    k.out_size = sizeof(Stamped);
    k.item_ns = 20000.0 / 50;
    k.map = [](const plx_block *b) {
        for (size_t i = b->lo; i < b->hi; i++) {
            Stamped s = {i, static_cast<const double *>(b->in)[i - b->lo] * (double)i};
            std::memcpy(static_cast<char *>(b->out) + (i - b->lo) * sizeof s, &s, sizeof s);
        }
    };
});

// words: offsets that are off by one show in lengths and in an order-dependent hash.
struct Hash {
    uint64_t value, power;
};

static void hash_text(Hash &h, const char *from, const char *to)
{
    for (; from < to; from++)
        h = {(h.value * 31 + (unsigned char)*from) % P, h.power * 31 % P};
    h = {(h.value * 31 + 10) % P, h.power * 31 % P};
}

const plx_kernel words = toy("words", [](plx_kernel &k) {
    k.in_size = PLX_VARIES;
    k.out_size = sizeof(Hash);
    k.acc_size = sizeof(Hash);
    k.identity = [](void *acc, const void *) { *static_cast<Hash *>(acc) = {0, 1}; };
    k.map = [](const plx_block *b) {
        auto *in = static_cast<const char *>(b->in);
        for (size_t i = 0; i < b->hi - b->lo; i++) {
            Hash h = {b->lo + i, 1};
            hash_text(h, in + b->at[i], in + b->at[i + 1]);
            std::memcpy(static_cast<char *>(b->out) + i * sizeof h, &h, sizeof h);
        }
    };
    k.fold = [](const plx_block *b, void *acc) {
        auto *in = static_cast<const char *>(b->in);
        for (size_t i = 0; i < b->hi - b->lo; i++)
            hash_text(*static_cast<Hash *>(acc), in + b->at[i], in + b->at[i + 1]);
    };
    k.combine = [](void *left, const void *right, const void *) {
        auto *l = static_cast<Hash *>(left);
        auto *r = static_cast<const Hash *>(right);
        *l = {(l->value * r->power + r->value) % P, l->power * r->power % P};
    };
});

// bins: a large accumulator of floating point, which shows any other order of adding.
static constexpr size_t BINS = 1 << 16;

const plx_kernel bins = toy("bins", [](plx_kernel &k) {
    k.acc_size = BINS * sizeof(double);
    k.grain = [](size_t, const void *) { return size_t{100}; };
    k.fold = [](const plx_block *b, void *acc) {
        auto *bin = static_cast<double *>(acc);
        for (size_t i = b->lo; i < b->hi; i++)
            bin[i * 7919 % 16 * 4096] += 1.0 / (double)(i + 3);
    };
    k.combine = [](void *left, const void *right, const void *) {
        auto *l = static_cast<double *>(left);
        auto *r = static_cast<const double *>(right);
        for (size_t i = 0; i < BINS; i++)
            l[i] += r[i];
    };
});

static bool fails(const Picky *ctx, size_t i)
{
    return ctx->every && i >= ctx->from && (i - ctx->from) % ctx->every == 0;
}

const plx_kernel picky = toy("picky", [](plx_kernel &k) {
    k.out_size = 8;
    k.acc_size = 8;
    k.ctx_size = sizeof(Picky);
    k.item_ns = 20000.0 / 10;
    k.map = [](const plx_block *b) {
        auto *ctx = static_cast<const Picky *>(b->ctx);
        auto *out = static_cast<uint64_t *>(b->out);
        for (size_t i = b->lo; i < b->hi; i++)
            if (fails(ctx, i))
                plx_fail(b, i, (int)(i % 100) + 1, ("bad " + std::to_string(i)).c_str());
            else
                out[i - b->lo] = i * 3 + 1;
    };
    k.fold = [](const plx_block *b, void *acc) {
        auto *ctx = static_cast<const Picky *>(b->ctx);
        for (size_t i = b->lo; i < b->hi; i++)
            if (fails(ctx, i))
                plx_fail(b, i, (int)(i % 100) + 1, ("bad " + std::to_string(i)).c_str());
            else
                *static_cast<uint64_t *>(acc) += i * i;
    };
    k.combine = [](void *left, const void *right, const void *) {
        *static_cast<uint64_t *>(left) += *static_cast<const uint64_t *>(right);
    };
});

const plx_kernel refuses = toy("refuses", [](plx_kernel &k) {
    k.out_size = 1;
    k.ctx_size = sizeof(Refusal);
    k.prepare = [](size_t, const void *ctx, void **, const char **why) {
        *why = "not here";
        return static_cast<const Refusal *>(ctx)->rank == my_rank ? 1 : 0;
    };
    k.map = [](const plx_block *b) { std::memset(b->out, 7, b->hi - b->lo); };
});

// scratchy: leaves its own mark in the scratch and fails if it finds anything but that or zeros.
const plx_kernel scratchy = toy("scratchy", [](plx_kernel &k) {
    k.out_size = 1;
    k.scratch_size = [](size_t, const void *) { return size_t{1000}; };
    k.prepare = [](size_t n, const void *, void **shared, const char **) {
        *shared = new size_t(n);
        prepared++;
        return 0;
    };
    k.release = [](void *shared) {
        delete static_cast<size_t *>(shared);
        released++;
    };
    k.map = [](const plx_block *b) {
        auto *scratch = static_cast<unsigned char *>(b->scratch);
        for (size_t i = 0; i < 1000; i++)
            if (scratch[i] != 0 && scratch[i] != 0x5a)
                plx_fail(b, b->lo, 1, "the scratch is not this worker's own");
        std::memset(scratch, 0x5a, 1000);
        bool right = *static_cast<const size_t *>(b->shared) >= b->hi;
        std::memset(b->out, right ? 1 : 2, b->hi - b->lo);
    };
});
