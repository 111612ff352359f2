// SPDX-License-Identifier: MIT
// One injection: a call drawn by chance, what goes wrong in it and on which rank, and what must
// then be true on every rank. The kernels write down themselves what they did.
#pragma once

#include <bitset>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "inside.h"
#include "tests/memory/memory.h"

enum class Wrong {
    small_kernel, // its table is too short                        before the hand-out
    other_kernel, // not rank 0's
    no_kernel,    // none at all
    no_room,      // failures_cap without room
    no_data,      // in, out, or a stream's source
    refuses,      // prepare does
    no_memory,    // some allocation of the call, and perhaps all after it       anywhere in it
    items_fail,   // a few, on whichever rank has them                           in it
    rank_fails,   // every seventh item that this rank runs
    outside,      // plx_fail names an item that is not the block's
    callback      // a stream's: source or sink on rank 0, done on any
};
constexpr plx_pattern patterns[] = {PLX_MAP, PLX_REDUCE, PLX_FAN, PLX_BATCH, PLX_SCAN};
constexpr int PATTERNS = sizeof patterns / sizeof *patterns;
constexpr int wrongs = (int)Wrong::callback + 1;

struct Fault {
    Wrong what;
    int rank;
    long number, length; // of the allocation, how many; of the batch
};

enum class Items { none, fixed, varies };

struct Plan {
    plx_pattern pattern;
    Items items;
    bool large; // the accumulator
    size_t n, grain, batch, in_flight;
    plx_schedule schedule;
    plx_where where;
    bool keep_going, traced, rows, exclusive;
    size_t failures_cap;
    std::bitset<512> bad; // items that fail
    std::vector<Fault> faults;

    const Fault *has(Wrong what, int rank) const;
    bool is_cut() const // into shares, which may be the ranks' own
    {
        return pattern == PLX_MAP || pattern == PLX_REDUCE || pattern == PLX_SCAN;
    }
};
constexpr size_t most_items = 512, most_tasks = 24, task_items = 20; // the items of a fan's task

Plan draw(std::mt19937_64 &chance, int ranks); // nothing wrong in it
void add_faults(Plan &, std::mt19937_64 &chance, int ranks);
std::string text(const Plan &);

// What this rank's kernels and callbacks did in one call, until it is taken.
struct Notes {
    uint64_t failed[most_items / 64];
    uint64_t statuses; // a bit for each that something here called for
    bool has_failed(size_t item) const
    {
        return failed[item / 64] >> item % 64 & 1;
    }
    bool has(int status) const
    {
        return statuses >> status & 1;
    }
};

// kernels.cpp
extern int my_rank;
extern const Plan *plan; // of the call that runs
Notes take_notes();
void note(plx_status);
const plx_kernel &kernel_of(Items, bool large); // maps and folds
const plx_kernel &mapping(Items);               // only maps
uint64_t value_at(Items, size_t item);
struct Data { // of all items
    std::vector<uint64_t> fixed;
    std::string bytes;
    std::vector<size_t> at;
};
const Data &data();
struct Acc {
    uint64_t a, b; // x -> a x + b: the order matters
};
Acc then(Acc first, Acc second);
Acc acc_of(uint64_t value);

// judge.cpp: make the call and judge it. Collective.
struct Outcome {
    bool good;            // on all ranks
    bool short_of_memory; // some rank was
    std::string why;      // what this rank found wrong
};
Outcome carry_out(plx_team *, const Plan &);
