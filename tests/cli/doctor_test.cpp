// SPDX-License-Identifier: MIT
// The doctor's judges on planted facts: each launch line against its verdicts, all of them.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

extern "C" {
#include "cli/doctor/doctor.h"
}

namespace {

using Names = std::vector<std::string>;

// A machine of 8 cores where nothing is wrong, with one process and no launcher.
plx_doctor_rank healthy()
{
    plx_doctor_rank rank = {};
    rank.threads = 8;
    strcpy(rank.version, "0.1.0");
    strcpy(rank.host, "n1");
    rank.online = rank.cores = rank.masked = rank.masked_cores = rank.usable = 8;
    rank.nodes = 1;
    rank.mask[0] = 0xff;
    rank.shm_free = INT64_C(1) << 30;
    rank.stack = 8 << 20;
    rank.core_file = 0;
    rank.processes = 4096;
    rank.pids_left = PLX_DOCTOR_NONE;
    rank.copies = true;
    rank.by_ranks = 1;
    rank.slurm_cpus = rank.srun_cpus = rank.slurm_version = PLX_DOCTOR_NONE;
    strcpy(rank.nets[0].name, "eth0");
    rank.nets[0].address = 0x0a000005;
    rank.nets[0].mask = 0xffffff00;
    rank.nets_count = 1;
    return rank;
}

struct Launch {
    std::vector<plx_doctor_rank> ranks;
    std::vector<plx_doctor_host> hosts;
    std::vector<plx_doctor_verdict> verdicts;
    plx_doctor_facts facts = {};

    explicit Launch(const char *model = "omp")
        : ranks(1, healthy())
    {
        facts.model = model;
        facts.across = strncmp(model, "mpi", 3) == 0;
        facts.single = strcmp(model, "mpi") == 0 || strcmp(model, "serial") == 0;
        facts.mpi = PLX_MPI_STARTS;
        facts.mpirun = facts.remote = true;
        facts.team_ranks = facts.team_hosts = 1;
    }

    // So many ranks of so many threads, each bound to `bound` cores of its own; 0: to all.
    Launch &start(int count, int threads, int bound, plx_doctor_by by = PLX_BY_MPIRUN)
    {
        ranks.assign(static_cast<size_t>(count), healthy());
        for (int r = 0; r < count; r++) {
            plx_doctor_rank &rank = ranks[static_cast<size_t>(r)];
            rank.rank = r;
            rank.threads = threads;
            rank.by = by;
            rank.by_ranks = count;
            rank.in_step = by == PLX_BY_SRUN;
            if (bound == 0)
                continue;
            rank.masked = rank.masked_cores = rank.usable = bound;
            rank.mask[0] = ((UINT64_C(1) << bound) - 1) << r * bound;
        }
        facts.team_ranks = count;
        return *this;
    }

    Launch &each(const std::function<void(plx_doctor_rank &)> &change)
    {
        for (plx_doctor_rank &rank : ranks)
            change(rank);
        return *this;
    }

    Names judge()
    {
        hosts.resize(ranks.size());
        facts.ranks = ranks.data();
        facts.ranks_count = ranks.size();
        facts.hosts = hosts.data();
        plx_doctor_group(&facts);
        verdicts.resize(PLX_DOCTOR_VERDICTS);
        verdicts.resize(plx_doctor_judge(&facts, verdicts.data()));
        Names names;
        for (const plx_doctor_verdict &verdict : verdicts)
            names.push_back(std::string(plx_doctor_level_name(verdict.level)) + " " + verdict.name);
        return names;
    }

    int exit() const { return plx_doctor_exit(verdicts.data(), verdicts.size()); }
    std::string mend(size_t i = 0) const { return verdicts.at(i).mend; }
    std::string text(size_t i = 0) const { return verdicts.at(i).text; }
};

TEST(Doctor, AHealthyMachineHasNothingToMend)
{
    Launch alone;
    EXPECT_EQ(alone.judge(), Names{"ok clean"});
    EXPECT_EQ(alone.exit(), 0);
    EXPECT_EQ(alone.text(), "nothing to mend");
    EXPECT_EQ(Launch("mpi").start(8, 1, 1).judge(), Names{"ok clean"});
    EXPECT_EQ(Launch("mpi+omp").start(2, 4, 4).judge(), Names{"ok clean"});
    EXPECT_EQ(Launch("mpi+pthread").start(2, 4, 0).judge(), Names{"ok clean"});
}

TEST(Doctor, OneCoreBinding)
{
    Launch launch("mpi+pthread");
    EXPECT_EQ(launch.start(2, 2, 1).judge(), Names{"warning one-core-binding"});
    EXPECT_EQ(launch.exit(), 0);
    EXPECT_EQ(launch.mend(), "mpirun --map-by slot:PE=2 --bind-to core ... -w 2");
    EXPECT_EQ(launch.text(), "rank 0 and 1 more: bound to one core (0) of 8, where all threads of "
                             "'mpi+pthread' run, now 2");
    EXPECT_EQ(launch.start(2, 1, 1).judge(), Names{"warning one-core-binding"});
    EXPECT_EQ(launch.mend(), "mpirun --map-by slot:PE=4 --bind-to core ... -w 4");
    EXPECT_EQ(launch.start(2, 2, 1, PLX_BY_SRUN).judge(), Names{"warning one-core-binding"});
    EXPECT_EQ(launch.mend(), "srun --cpus-per-task=2 --cpu-bind=cores ... -w 2");
    EXPECT_EQ(launch.start(8, 1, 1).judge(), Names{"ok clean"});        // there are no more cores
    EXPECT_EQ(launch.start(1, 8, 0).judge(), Names{"ok clean"});
    Names both{"warning one-core-binding", "warning oversubscribed"};
    EXPECT_EQ(launch.start(8, 2, 1).judge(), both);
    EXPECT_EQ(launch.mend(), "-w 1, or fewer ranks on this host");
    // Two hardware threads of one core are one core; cores cannot be mapped where only they do.
    EXPECT_EQ(launch.start(2, 4, 2)
                  .each([](auto &rank) {
                      rank.cores = 4;
                      rank.masked_cores = 1;
                  })
                  .judge(),
              Names{"warning one-core-binding"});
    EXPECT_EQ(launch.mend(), "mpirun --bind-to none ... -w 4");
}

TEST(Doctor, NarrowMask)
{
    Launch launch("pthread");
    launch.each([](auto &rank) {
        rank.mask[0] = 1;
        rank.masked = rank.masked_cores = rank.usable = 1;
        rank.threads = 1;
    });
    EXPECT_EQ(launch.judge(), (Names{"ok clean", "note mask-below-machine"}));
    EXPECT_EQ(launch.mend(1), "to have all: taskset -c 0-7 parallax ...");
    launch.ranks[0].threads = 2;
    EXPECT_EQ(launch.judge(), (Names{"warning narrow-mask", "note mask-below-machine"}));
    EXPECT_EQ(launch.mend(), "-w 1, or a wider mask: taskset -c 0-7 parallax ...");
    launch.ranks[0].threads = 16;
    launch.ranks[0].in_slurm = true;
    EXPECT_EQ(launch.judge(), (Names{"warning narrow-mask", "note mask-below-machine"}));
    EXPECT_EQ(launch.mend(0), "-w 1");
    EXPECT_EQ(launch.mend(1), "to have more: #SBATCH --cpus-per-task=8");
    Launch hybrid("mpi+omp");
    EXPECT_EQ(hybrid.start(2, 4, 2).judge(), Names{"warning narrow-mask"});
    EXPECT_EQ(hybrid.mend(), "mpirun --map-by slot:PE=4 --bind-to core ... -w 4");
}

TEST(Doctor, Oversubscribed)
{
    Launch launch("mpi");
    EXPECT_EQ(launch.start(9, 1, 0).judge(), Names{"warning oversubscribed"});
    EXPECT_EQ(launch.mend(), "mpirun -n 8 ... -w 1 on this host, or more hosts");
    Launch hybrid("mpi+omp");
    EXPECT_EQ(hybrid.start(2, 5, 0).judge(), Names{"warning oversubscribed"});
    EXPECT_EQ(hybrid.mend(), "-w 4, or fewer ranks on this host");
    // taskset -c 0,1 mpirun --bind-to none -n 3: the masks are what counts, not the machine
    EXPECT_EQ(launch.start(3, 1, 0)
                  .each([](auto &rank) {
                      rank.mask[0] = 3;
                      rank.masked = rank.masked_cores = rank.usable = 2;
                  })
                  .judge(),
              Names{"warning oversubscribed"});
    // Two hosts with four ranks each are not one with eight.
    EXPECT_EQ(hybrid.start(4, 4, 0)
                  .each([](auto &rank) { strcpy(rank.host, rank.rank < 2 ? "n1" : "n2"); })
                  .judge(),
              Names{"ok clean"});
}

TEST(Doctor, QuotaLimits)
{
    Launch alone;
    auto quota = [](plx_doctor_rank &rank) {
        rank.quota = 1.5;
        rank.usable = 2;
        strcpy(rank.quota_file, "/sys/fs/cgroup/cpu.max");
    };
    alone.each(quota).ranks[0].threads = 2;
    EXPECT_EQ(alone.judge(), (Names{"ok clean", "note quota-below-mask"}));
    EXPECT_EQ(alone.text(1), "this process: the cgroup quota of 1.5 cores (/sys/fs/cgroup/cpu.max) "
                             "is the limit, not the 8 cores of the mask; parallax counts 2");
    // The ranks share it: each of two believes that it has two cores.
    Launch launch("mpi+pthread");
    EXPECT_EQ(launch.start(2, 2, 0).each(quota).judge(),
              (Names{"warning oversubscribed", "note quota-below-mask"}));
    EXPECT_EQ(launch.mend(), "-w 1, or fewer ranks on this host");
    // Quotas of their own are not shared.
    launch.ranks[1].quota_file[1] = 'x';
    EXPECT_EQ(launch.judge(), (Names{"ok clean", "note quota-below-mask"}));
}

TEST(Doctor, Singletons)
{
    Launch launch("mpi");
    launch.start(1, 1, 0, PLX_BY_SRUN).ranks[0].by_ranks = 4;
    EXPECT_EQ(launch.judge(), Names{"error singletons"});
    EXPECT_EQ(launch.exit(), 78);
    EXPECT_EQ(launch.text(),
              "srun started 4 processes, but MPI sees 1: each would do all the work");
    EXPECT_NE(launch.mend().find("mpirun parallax ..."), std::string::npos);
    launch.ranks[0].bare = true;
    launch.facts.mpi = PLX_MPI_UNTRIED;
    EXPECT_EQ(launch.judge(), Names{"error singletons"});
    EXPECT_EQ(launch.text(), "srun started 4 processes without PMIx, so that MPI cannot join them");
    launch.ranks[0].bare = false;
    launch.facts.mpi = PLX_MPI_STARTS;
    launch.ranks[0].by = PLX_BY_OTHER;
    EXPECT_EQ(launch.judge(), Names{"error singletons"});
    EXPECT_NE(launch.mend().find("the mpirun of the MPI"), std::string::npos);
}

TEST(Doctor, OneProcessModelInManyCopies)
{
    Launch launch("pthread");
    launch.start(1, 2, 0).ranks[0].by_ranks = 4;
    EXPECT_EQ(launch.judge(), Names{"error one-process-model"});
    EXPECT_EQ(launch.exit(), 64);
}

TEST(Doctor, RanksThatAreApart)
{
    Launch launch("mpi");
    launch.start(1, 1, 0);
    strcpy(launch.facts.apart, "rank 1 has version 0.2.0");
    launch.facts.team_ranks = launch.ranks[0].by_ranks = 2;
    EXPECT_EQ(launch.judge(), Names{"error mixed-versions"});
    EXPECT_EQ(launch.exit(), 78);
    EXPECT_EQ(launch.text(), "the ranks do not fit together: rank 1 has version 0.2.0");
}

TEST(Doctor, OpenMpVariables)
{
    Launch many;
    strcpy(many.ranks[0].num_threads, "64");
    EXPECT_EQ(many.judge(), (Names{"ok clean", "note omp-num-threads"}));
    EXPECT_EQ(many.mend(1), "unset OMP_NUM_THREADS, or export OMP_NUM_THREADS=8");
    Launch few;
    strcpy(few.ranks[0].num_threads, "2,4");
    few.ranks[0].threads = 2;
    EXPECT_EQ(few.judge(), (Names{"ok clean", "note omp-few-threads"}));
    EXPECT_EQ(few.mend(1), "-w 8, or export OMP_NUM_THREADS=8");
    few.ranks[0].threads = 8;                           // -w 8
    EXPECT_EQ(few.judge(), Names{"ok clean"});
    strcpy(few.ranks[0].num_threads, "");
    strcpy(few.ranks[0].thread_limit, "2");
    few.ranks[0].threads = 2;
    EXPECT_EQ(few.judge(), (Names{"ok clean", "note omp-few-threads"}));
    EXPECT_EQ(few.mend(1), "unset OMP_THREAD_LIMIT");
    Launch differs("mpi+omp");
    differs.start(2, 4, 0);
    strcpy(differs.ranks[0].num_threads, "4");      // PBS: on the first host only
    EXPECT_EQ(differs.judge(), Names{"warning omp-differs"});
    EXPECT_EQ(differs.mend(), "mpirun -x OMP_NUM_THREADS=4 ..., or -w 4");
}

TEST(Doctor, OpenMpBinding)
{
    Launch ranks("mpi+omp");
    auto close = [](plx_doctor_rank &rank) { strcpy(rank.proc_bind, "close"); };
    EXPECT_EQ(ranks.start(2, 4, 0).each(close).judge(), Names{"warning omp-binds-alike"});
    EXPECT_EQ(ranks.mend(), "mpirun --map-by slot:PE=4 --bind-to core ..., or unset OMP_PROC_BIND "
                            "OMP_PLACES");
    auto places = [](plx_doctor_rank &rank) { strcpy(rank.places, "cores"); };
    EXPECT_EQ(ranks.start(2, 4, 0).each(places).judge(), Names{"warning omp-binds-alike"});
    // Placed by the launcher, each within its own cores, it is what jobs are told to do.
    EXPECT_EQ(ranks.start(2, 4, 4).each(close).judge(), Names{"ok clean"});
    auto off = [](plx_doctor_rank &rank) { strcpy(rank.proc_bind, "false"); };
    EXPECT_EQ(ranks.start(2, 4, 0).each(off).judge(), Names{"ok clean"});
    EXPECT_EQ(Launch("mpi+pthread").start(2, 4, 0).each(close).judge(), Names{"ok clean"});
    EXPECT_EQ(Launch("omp").each(close).judge(), Names{"ok clean"});
    auto hosts = [](plx_doctor_rank &rank) {            // two on each, of which the masks are
        snprintf(rank.host, sizeof rank.host, "n%d", rank.rank / 2);
        rank.mask[0] = rank.rank % 2 ? 0xf0 : 0xf;
    };
    EXPECT_EQ(ranks.start(4, 4, 4).each(close).each(hosts).judge(), Names{"ok clean"});
}

TEST(Doctor, NetworksOfSeveralHosts)
{
    auto hosts = [](plx_doctor_rank &rank) {
        snprintf(rank.host, sizeof rank.host, "n%d", rank.rank);
        rank.nets[0].address += static_cast<uint32_t>(rank.rank);
        rank.nets[1] = {"docker0", 0xac110001, 0xffff0000};
        rank.nets_count = 2;
    };
    Launch launch("mpi");
    EXPECT_EQ(launch.start(2, 1, 0).each(hosts).judge(), Names{"warning network-interfaces"});
    EXPECT_EQ(launch.mend(), "mpirun --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0 "
                             "...");
    strcpy(launch.ranks[1].nets[0].name, "ens3");       // the same network by another name
    EXPECT_EQ(launch.judge(), Names{"warning network-interfaces"});
    EXPECT_EQ(launch.mend(), "mpirun --mca btl_tcp_if_include 10.0.0.0/24 --mca "
                             "oob_tcp_if_include 10.0.0.0/24 ...");
    launch.ranks[1].nets[0].mask = 0xffff0000;          // no network in common
    EXPECT_EQ(launch.judge(), Names{"warning network-interfaces"});
    EXPECT_EQ(launch.mend(), "mpirun --mca btl_tcp_if_include NETWORK/BITS --mca "
                             "oob_tcp_if_include NETWORK/BITS ...");
    launch.each([](auto &rank) { strcpy(rank.btl_include, "eth0"); });
    EXPECT_EQ(launch.judge(), Names{"warning network-half-set"});
    EXPECT_EQ(launch.mend(), "mpirun --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0 "
                             "...");
    launch.each([](auto &rank) { strcpy(rank.oob_include, "eth0"); });
    EXPECT_EQ(launch.judge(), Names{"ok clean"});
    // Inside one host messages go through memory.
    launch.start(2, 1, 0).each(hosts).each([](auto &rank) { strcpy(rank.host, "n1"); });
    EXPECT_EQ(launch.judge(), Names{"ok clean"});
}

TEST(Doctor, SlurmTasksWithoutTheirCores)
{
    Launch step("mpi+omp");
    step.start(2, 1, 1, PLX_BY_SRUN).each([](auto &rank) {
        rank.in_slurm = true;
        rank.slurm_cpus = 4;
    });
    EXPECT_EQ(step.judge(),
              (Names{"warning one-core-binding", "warning srun-cpus-per-task"}));
    EXPECT_EQ(step.mend(1), "srun --cpus-per-task=4 --cpu-bind=cores ..., or before it: export "
                            "SRUN_CPUS_PER_TASK=4");
    Launch script;
    script.ranks[0].in_slurm = true;
    script.ranks[0].slurm_cpus = 8;
    const struct { int version; Names names; } rows[] = {
        {2205, {"warning srun-inherits"}},
        {2302, {"warning srun-inherits"}},
        {PLX_DOCTOR_NONE, {"ok clean", "note srun-inherits"}},
        {2111, {"ok clean"}},
        {2311, {"ok clean"}},
    };
    for (const auto &row : rows) {
        script.ranks[0].slurm_version = row.version;
        EXPECT_EQ(script.judge(), row.names) << row.version;
    }
    script.ranks[0].slurm_version = 2205;
    script.ranks[0].srun_cpus = 8;
    EXPECT_EQ(script.judge(), Names{"ok clean"});
}

TEST(Doctor, WhatHostsAndContainersAllow)
{
    Launch launch("mpi");
    auto judge = [&](const std::function<void(plx_doctor_rank &)> &change) {
        return launch.start(4, 1, 0).each(change).judge();
    };
    EXPECT_EQ(judge([](auto &rank) { rank.copies = false; }), Names{"warning single-copy"});
    EXPECT_EQ(judge([](auto &rank) {
                  rank.copies = false;
                  strcpy(rank.single_copy, "none");
              }),
              Names{"ok clean"});
    EXPECT_EQ(judge([](auto &rank) { rank.shm_free = 60 << 20; }), Names{"warning small-shm"});
    EXPECT_EQ(launch.text(),
              "host n1: 60.0 MiB left in /dev/shm; 4 ranks of Open MPI take 64.0 MiB");
    EXPECT_EQ(judge([](auto &rank) { rank.shm_free = 64 << 20; }), Names{"ok clean"});
    EXPECT_EQ(judge([](auto &rank) { rank.processes = 67; }), Names{"warning few-processes"});
    EXPECT_EQ(launch.mend(), "ulimit -u 1088 (or nproc in /etc/security/limits.conf)");
    EXPECT_EQ(judge([](auto &rank) { rank.pids_left = 10; }), Names{"warning few-processes"});
    EXPECT_NE(launch.mend().find("--pids-limit=1088"), std::string::npos);
    EXPECT_EQ(judge([](auto &rank) { rank.processes = 68; }), Names{"ok clean"});
    EXPECT_EQ(judge([](auto &rank) { rank.stack = 100 << 10; }), Names{"warning small-stack"});
    EXPECT_EQ(judge([](auto &rank) { rank.stack = PLX_DOCTOR_NONE; }), Names{"ok clean"});
    EXPECT_EQ(judge([](auto &rank) { rank.root = true; }), Names{"ok clean"});  // mpirun let it
    Launch alone;
    alone.ranks[0].root = true;
    EXPECT_EQ(alone.judge(), (Names{"ok clean", "note root"}));
    alone.ranks[0].root_allowed = true;
    EXPECT_EQ(alone.judge(), Names{"ok clean"});
}

TEST(Doctor, MpiThatIsNotThere)
{
    Launch alone;
    alone.facts.mpi = PLX_MPI_MISSING;
    alone.facts.missing = "built without MPI";
    EXPECT_EQ(alone.judge(), (Names{"ok clean", "note no-mpi"}));
    EXPECT_EQ(alone.exit(), 0);
    Launch meant("mpi+omp");
    meant.facts.across = false;                         // it cannot be opened
    meant.facts.mpi = PLX_MPI_MISSING;
    meant.facts.missing = "built without MPI";
    EXPECT_EQ(meant.judge(), Names{"error no-mpi"});
    EXPECT_EQ(meant.exit(), 69);
    alone.start(1, 8, 0).ranks[0].by_ranks = 4;
    alone.judge();
    EXPECT_EQ(alone.exit(), 64);                        // four copies; and no MPI
    Launch fails("mpi");
    fails.facts.mpi = PLX_MPI_FAILS;
    EXPECT_EQ(fails.judge(), Names{"error mpi-fails"});
    EXPECT_EQ(fails.exit(), 69);
    fails.facts.remote = false;
    EXPECT_EQ(fails.judge(), Names{"error no-ssh"});
    fails.facts.mpirun = false;
    EXPECT_EQ(fails.judge(), Names{"error no-mpirun"});
    EXPECT_EQ(fails.exit(), 69);
    Launch other("pthread");
    other.facts.mpirun = false;
    EXPECT_EQ(other.judge(), Names{"warning no-mpirun"});
}

TEST(Doctor, Words)
{
    char word[PLX_DOCTOR_WORD];
    uint64_t mask[PLX_DOCTOR_CPUS / 64] = {};
    EXPECT_STREQ(plx_doctor_mask_word(mask, word), "");
    mask[0] = 0x10f;
    mask[1] = 1;
    mask[15] = UINT64_C(1) << 63;
    EXPECT_STREQ(plx_doctor_mask_word(mask, word), "0-3,8,64,1023");
    memset(mask, 0xff, sizeof mask);
    EXPECT_STREQ(plx_doctor_mask_word(mask, word), "0-1023");
    memset(mask, 0x55, sizeof mask);
    EXPECT_EQ(std::string(plx_doctor_mask_word(mask, word)).substr(0, 8), "0,2,4,6,");
    EXPECT_EQ(std::string(word).substr(strlen(word) - 3), "...");
    EXPECT_STREQ(plx_doctor_net_word(0xc0000200, 0xfffffe00, word), "192.0.2.0/23");
    EXPECT_STREQ(plx_doctor_size_word(100 << 10, word), "100 KiB");
    EXPECT_STREQ(plx_doctor_size_word(INT64_C(7) << 29, word), "3.5 GiB");
    EXPECT_STREQ(plx_doctor_size_word(PLX_DOCTOR_NONE, word), "unlimited");
}

}  // namespace
