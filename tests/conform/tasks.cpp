// SPDX-License-Identifier: MIT
// What tasks.hpp names.
#include "tasks.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>
#include <thread>

static std::atomic<uint64_t> begun_so_far;
std::atomic<int> gate_reached, gate_open;
std::atomic<uint64_t> tried[64];

const plx_kernel begins = made("begins", 0, sizeof(Begun), [](const plx_block *b) {
    for (size_t i = b->lo; i < b->hi; i++)
        static_cast<Begun *>(b->out)[i - b->lo] = {
            begun_so_far++, std::hash<std::thread::id>()(std::this_thread::get_id()), i};
});

const plx_kernel gate = made("gate", 0, 1, [](const plx_block *b) {
    auto late = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    gate_reached++;
    while (!gate_open && std::chrono::steady_clock::now() < late)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    std::memset(b->out, 1, b->hi - b->lo);
});

const plx_kernel large = made("large", sizeof(Seeded), 1000, [](const plx_block *b) {
    auto *out = static_cast<unsigned char *>(b->out);
    for (size_t i = b->lo * 1000; i < b->hi * 1000; i++)
        out[i - b->lo * 1000] =
            (unsigned char)(i / 1000 + i % 1000 * 31 + static_cast<const Seeded *>(b->ctx)->seed);
});

const plx_kernel flaky = made("flaky", sizeof(Flaky), 1, [](const plx_block *b) {
    if (++tried[b->lo] < static_cast<const Flaky *>(b->ctx)->good)
        plx_fail(b, b->lo, 3, "not yet");
    else
        std::memset(b->out, 9, 1);
});

const plx_kernel endless = made("endless", 0, 1, [](const plx_block *b) {
    auto late = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!plx_stopped(b) && std::chrono::steady_clock::now() < late)
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    std::memset(b->out, 1, 1);
});

const plx_kernel *const listed[] = {&affine, &stamp, &words, &picky,   &refuses, &begins,
                                    &gate,   &large, &flaky, &endless, nullptr};

plx_task task_of(const plx_kernel *kernel, size_t lo, size_t hi, void *out, const void *ctx,
                 int priority)
{
    plx_task t{};
    t.kernel = kernel;
    t.lo = lo;
    t.hi = hi;
    t.out = out;
    t.ctx = ctx;
    t.priority = priority;
    return t;
}

std::vector<size_t> shuffled(size_t n, unsigned seed)
{
    std::vector<size_t> order(n);
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937(seed));
    return order;
}
