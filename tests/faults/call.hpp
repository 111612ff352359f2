// SPDX-License-Identifier: MIT
// One rank's side of one call.
#pragma once

#include "faults.hpp"

constexpr uint64_t untouched = 0x7777777777777777;
constexpr size_t task_room = 4096 / sizeof(uint64_t); // of a task's out, in values

struct Call {
    Call(plx_team *, const Plan &);
    void run();

    plx_team *team;
    const Plan &p;
    int rank, ranks;
    plx_status status = PLX_INTERNAL;
    plx_report report{};
    plx_job job{};
    std::vector<plx_failure> failures;
    size_t lo = 0, hi = 0;     // items whose results stand in out here
    std::vector<uint64_t> out; // a map's or a scan's; a batch's as sunk
    std::vector<uint64_t> acc, outs;
    Acc total{1, 0};
    size_t sourced = 0;
    std::bitset<most_items> told_failed; // to the sink

  private:
    void spoil(plx_kernel *);
    const void *items_from(size_t first) const;
    void cut();
    void fan();
    void batch();
    plx_kernel kernel, map_kernel;
    std::vector<plx_worker> rows;
    std::vector<plx_slice> slices;
    std::vector<plx_task> tasks;
};
