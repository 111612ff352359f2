// SPDX-License-Identifier: MIT
// Scopes of tasks for the laws: kernels that wait, fail a while or look who runs them, and a fixture
// whose job lists them all.
#pragma once

#include "suite.hpp"

#include <algorithm>
#include <atomic>
#include <functional>

#include "plx/task.h"

using Body = std::function<void(plx_tasks *)>;

template <class F> plx_kernel made(const char *name, size_t ctx_size, size_t out_size, F map)
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = name;
    k.ctx_size = ctx_size;
    k.out_size = out_size;
    k.map = map;
    return k;
}

// Begun in this order, and by whom: of this process alone.
struct Begun {
    uint64_t when, thread, task;
};
extern const plx_kernel begins;

// Stands still until it is let go, within 60 s.
extern std::atomic<int> gate_reached, gate_open;
extern const plx_kernel gate;

// One whose out is large, made of its parameter.
struct Seeded {
    uint64_t seed;
};
extern const plx_kernel large;

// Fails until it has been tried so often: once each time in this process, where all its tries are.
struct Flaky {
    uint64_t good;
};
extern std::atomic<uint64_t> tried[64];
extern const plx_kernel flaky;

// Runs until it is told to stop, within 60 s.
extern const plx_kernel endless;

// These and some of the suite's toys, as a job lists them.
extern const plx_kernel *const listed[];

class TaskLaw : public Law
{
  protected:
    TaskLaw()
    {
        job.kernels = listed;
        job.failures = failures;
        job.failures_cap = 16;
        by_worker.resize((size_t)std::max(1, workers()));
        job.by_worker = by_worker.data();
        job.by_worker_cap = by_worker.size();
        gate_reached = gate_open = 0;
    }
    int workers()
    {
        plx_team_info info;
        plx_team_about(team, &info);
        return info.workers;
    }
    bool alone()
    {
        return workers() == 1;
    }
    // Several workers in one process: what they share is seen here.
    bool threads_alone()
    {
        return plx_team_ranks(team) == 1 && workers() > 1;
    }
    plx_status scope(Body then)
    {
        body = std::move(then);
        return plx_scope(
            team, &job, [](plx_tasks *t, void *user) { (*static_cast<Body *>(user))(t); }, &body,
            &report);
    }
    bool adds_up() const
    {
        return report.done + report.failed + report.not_run == report.n;
    }
    Body body;
    plx_job job{};
    plx_failure failures[16] = {};
    std::vector<plx_worker> by_worker;
    plx_report report;
};

plx_task task_of(const plx_kernel *kernel, size_t lo, size_t hi, void *out,
                 const void *ctx = nullptr, int priority = 0);
std::vector<size_t> shuffled(size_t n, unsigned seed);
