// SPDX-License-Identifier: MIT
// A scope in which each allocation in turn fails, on the first rank or the last, once or from then
// on: every rank hears the same, what a task is said to have done it did, nothing hangs or is left.
#include "faults.hpp"

#include <csignal>
#include <cstring>
#include <unistd.h>

#include <gtest/gtest.h>
#include <mpi.h>

#include "plx/task.h"

namespace
{
constexpr size_t N = 10, ITEMS = 40, WIDE = 400; // 16 KB of out: more than a rank has ready for it

plx_kernel wide_kernel()
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "wide";
    k.in_size = sizeof(uint64_t);
    k.out_size = WIDE;
    k.map = [](const plx_block *b) {
        for (size_t i = b->lo; i < b->hi; i++)
            if (static_cast<const uint64_t *>(b->in)[i - b->lo] == 0)
                plx_fail(b, i, 7, "zero");
            else
                std::memset(static_cast<char *>(b->out) + (i - b->lo) * WIDE, (int)(i % 100) + 1,
                            WIDE);
    };
    return k;
}

plx_kernel sum_kernel()
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "sum";
    k.acc_size = sizeof(uint64_t);
    k.fold = [](const plx_block *b, void *acc) {
        for (size_t i = b->lo; i < b->hi; i++)
            *static_cast<uint64_t *>(acc) += i;
    };
    k.combine = [](void *left, const void *right, const void *) {
        *static_cast<uint64_t *>(left) += *static_cast<const uint64_t *>(right);
    };
    return k;
}

struct Scope {
    plx_kernel wide = wide_kernel(), sum = sum_kernel();
    std::vector<uint64_t> in = std::vector<uint64_t>(ITEMS * N, 1);
    std::vector<char> out = std::vector<char>(ITEMS * N * WIDE);
    uint64_t sums[N] = {};
    size_t submitted = 0, given = 0, wrong = 0, called = 0;
};

bool is_right(const Scope &s, const plx_end &end, size_t which)
{
    if (end.status == PLX_ITEM_FAILED)
        return which == 4 && end.code == 7;
    if (end.status != PLX_OK)
        return end.status == PLX_STOPPED || end.status == PLX_NO_MEMORY;
    if (which % 2)
        return s.sums[which] == ITEMS * (2 * which * ITEMS + ITEMS - 1) / 2;
    size_t last = (which + 1) * ITEMS - 1;
    return s.out[last * WIDE] == (char)(last % 100 + 1) && s.out[last * WIDE + WIDE - 1] != 0;
}

void run_body(plx_tasks *tasks, void *user)
{
    auto *s = static_cast<Scope *>(user);
    std::vector<size_t> which;
    for (size_t i = 0; i < N; i++) {
        plx_task task{};
        task.kernel = i % 2 ? &s->sum : &s->wide;
        task.lo = i * ITEMS;
        task.hi = task.lo + ITEMS;
        task.in = i % 2 ? nullptr : &s->in[task.lo];
        task.out = i % 2 ? static_cast<void *>(&s->sums[i]) : &s->out[task.lo * WIDE];
        plx_future f;
        if (plx_submit(tasks, &task, &f) != PLX_OK)
            continue;
        which.push_back(i);
        plx_then(
            tasks, f, [](void *called, const plx_end *) { ++*static_cast<size_t *>(called); },
            &s->called);
    }
    s->submitted = which.size();
    for (plx_end end; plx_next(tasks, -1, &end) == PLX_OK; s->given++)
        s->wrong += end.task >= which.size() || !is_right(*s, end, which[end.task]);
}

// Whether some allocation failed, on any rank.
bool try_scope(plx_team *team, int rank, long countdown, bool keep_going, const std::string &what)
{
    Scope s;
    s.in[4 * ITEMS + 5] = 0;
    const plx_kernel *const kernels[] = {&s.wide, &s.sum, nullptr};
    plx_job job{};
    job.kernels = kernels;
    job.keep_going = keep_going;
    plx_report report{};
    alarm(60); // a call takes some milliseconds: this ends one that hangs
    memory_arm(my_rank == rank ? countdown : 0, countdown % 2 ? 1 : 1000000);
    plx_status status = plx_scope(team, &job, run_body, &s, &report);
    int fired = memory_disarm(), range[] = {(int)status, -(int)status};
    bool quiet = inside_is_quiet(team);
    MPI_Allreduce(MPI_IN_PLACE, &fired, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, range, 2, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    alarm(0);
    EXPECT_EQ(range[0], -range[1]) << what << ": ranks hear different things";
    EXPECT_TRUE(quiet) << what;
    EXPECT_EQ(report.n, report.done + report.failed + report.not_run) << what;
    EXPECT_EQ(0u, s.wrong) << what;
    EXPECT_EQ(s.submitted, s.given) << what;
    EXPECT_LE(s.called, s.submitted) << what;
    bool known = status == PLX_ITEM_FAILED || (fired && (status == PLX_NO_MEMORY || !status));
    EXPECT_TRUE(known) << what << ": " << plx_status_name(status) << ": " << report.why;
    return fired;
}
} // namespace

TEST(FaultsOfScope, EveryAllocation)
{
    plx_model_info info;
    int ranks;
    long before = memory_live();
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    for (size_t i = 0; plx_model_at(i, &info); i++)
        for (int rank = 0; info.available && std::strncmp(info.name, "mpi", 3) == 0 &&
                                   rank<ranks; rank += ranks> 1
                               ? ranks - 1
                               : 1) {
            plx_team *team;
            ASSERT_EQ(PLX_OK, plx_open(info.name, std::strcmp(info.name, "mpi") ? 2 : 1, &team));
            bool fired = true;
            for (long countdown = 1; fired; countdown += countdown < 20 ? 1 : 5)
                fired = try_scope(team, rank, countdown, countdown / 2 % 2,
                                  std::string(info.name) + ", rank " + std::to_string(rank) +
                                      ", allocation " + std::to_string(countdown));
            plx_close(team);
            EXPECT_EQ(before, memory_live()) << info.name << ", rank " << rank;
        }
}
