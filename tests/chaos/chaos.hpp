// SPDX-License-Identifier: MIT
// One call drawn by chance, with what shall go wrong in it, and the law that it must keep: a law
// returns what is broken in words, or nothing.
#pragma once

#include <atomic>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "inside.h"
#include "plx/plx.h"
#include "tests/memory/memory.h"

constexpr size_t most_items = 256;
constexpr uint64_t untouched = 0x7777777777777777;

struct Acc {
    uint64_t a, b; // x -> a x + b: the order matters
};
Acc then(Acc first, Acc second);
Acc acc_of(uint64_t value);
inline bool operator==(Acc x, Acc y)
{
    return x.a == y.a && x.b == y.b;
}

// What is drawn, and what kernels and steps write down. Kernels find it through their ctx.
class Case
{
  public:
    Case(uint64_t seed, plx_team *);
    Case(const Case &) = delete;

    size_t below(size_t end) // 0 to end - 1; of 0 and 1 that is 0
    {
        return end < 2 ? 0 : chance() % end;
    }
    bool one_in(size_t times)
    {
        return below(times) == 0;
    }
    void reached(size_t item) // in a kernel or a step: a stop may be asked for at this one
    {
        inside_yield();
        if (item == stop_at)
            plx_stop_ask(&stop, level);
    }
    uint64_t value(size_t item) const // of an item without input
    {
        return item * 0x9E3779B97F4A7C15 + key;
    }
    size_t lowest_bad(size_t end) const // end: none
    {
        size_t item = 0;
        while (item < end && !bad[item])
            item++;
        return item;
    }

    std::mt19937_64 chance;
    plx_team *team;
    uint64_t key;
    size_t n;
    std::bitset<most_items> bad;   // these fail
    std::bitset<most_items> flaky; // these fail in their first try
    std::atomic<int> tried[most_items]{};
    size_t stop_at;
    plx_stop_level level;
    plx_stop stop{};
    plx_policy policy{};
    plx_job job{};
    plx_report report{};
    plx_status status = PLX_OK; // what the call returned
    std::vector<plx_failure> failures;
    struct Ctx {
        Case *its;
    } ctx;
};

extern const plx_kernel affine; // map: the item's value; fold: values composed; no input
extern const plx_kernel raised; // map: an input, and one more

// What every law ends with: may the call end so, and does its report add up?
std::string judge(const Case &, plx_status, bool any_bad);

std::string map_law(Case &);
std::string reduce_law(Case &);
std::string scan_law(Case &);
std::string fan_law(Case &);
std::string batch_law(Case &);
std::string pipeline_law(Case &);
std::string queue_law(Case &);
std::string task_law(Case &);
std::string divide_law(Case &);
