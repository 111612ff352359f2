// SPDX-License-Identifier: MIT
// Kernels from files, alone and under ranks. Under ranks only rank 0's path counts, and a fault is
// every rank's, in the same words.
#include "suite.hpp"

#include "plx/object.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

static std::string toy(const std::string &name)
{
    return std::string(PLX_TEST_TOYS "/") + name + ".so";
}

struct Opened {
    plx_status status;
    std::string why;
    plx_object *object = nullptr;
};

static Opened open_toy(plx_team *team, const std::string &path)
{
    Opened opened;
    char why[108] = "nothing said";
    const bool root = plx_team_rank(team) == 0;
    opened.status = plx_object_open(team, root ? path.c_str() : "/nowhere/else.so", &opened.object,
                                    why, sizeof why);
    opened.why = why;
    return opened;
}

/* A scratch file of rank 0's. */
struct File {
    std::string path = "/tmp/plx_object_" + std::to_string(getpid()) + ".so";
    ~File() { unlink(path.c_str()); }
    void write(const std::string &bytes, mode_t mode = 0600) const
    {
        std::ofstream(path, std::ios::binary) << bytes;
        chmod(path.c_str(), mode);
    }
};

static std::string bytes_of(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

class Object : public Law
{
};
EVERY_MODEL(Object);

TEST_P(Object, RunsLikeAnyOther)
{
    Opened toys = open_toy(team, toy("good"));
    uint64_t total[2] = { 0, 0 }, times = 3;
    plx_job job{};
    plx_status status = PLX_OK;
    if (toys.status == PLX_OK) {
        job.kernel = plx_object_kernel(toys.object);
        job.n = 1001;
        job.grain = 7;
        job.ctx = &times;
        job.out = total;
        status = plx_reduce(team, &job, nullptr);
    }
    const std::string name = toys.object ? plx_object_kernel(toys.object)->name : "";
    plx_object_close(toys.object);
    EXPECT_EQ(toys.status, PLX_OK) << toys.why;
    EXPECT_EQ(name, "toy");
    EXPECT_EQ(status, PLX_OK);
    EXPECT_EQ(total[0], 1001u);
    EXPECT_EQ(total[1], 3u * 1000 * 1001 / 2);
}

// Each runs its own code, whichever was opened first and closed in between.
TEST_P(Object, TwoAtOnceAreTwo)
{
    uint64_t total[3][2] = {};
    plx_status status[3];
    Opened one = open_toy(team, toy("good")), two = open_toy(team, toy("other"));
    const plx_object *order[3] = { one.object, two.object, nullptr };
    for (int i = 0; i < 3; i++) {
        plx_job job{};
        if (i == 2) {
            plx_object_close(one.object);
            one = open_toy(team, toy("other"));
            order[2] = one.object;
        }
        job.kernel = order[i] ? plx_object_kernel(order[i]) : nullptr;
        job.n = 10;
        job.out = total[i];
        status[i] = plx_reduce(team, &job, nullptr);
    }
    plx_object_close(one.object);
    plx_object_close(two.object);
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ(status[i], PLX_OK);
        EXPECT_EQ(total[i][1], i == 0 ? 45u : 5u * 45 + 10);
    }
}

TEST_P(Object, EachFaultIsNamed)
{
    static const struct {
        const char *name, *why;
        plx_status status;
    } faults[] = {
        { "undefined", "needs plx_cores of libparallax", PLX_BAD_KERNEL },
        { "symbol", "does not export plx_kernel_v1", PLX_BAD_KERNEL },
        { "function", "is no plx_kernel", PLX_BAD_KERNEL },
        { "name", "name is not of [a-z0-9_]", PLX_BAD_KERNEL },
        { "large", "is no plx_kernel", PLX_BAD_KERNEL },
        { "small", "size is 16", PLX_BAD_KERNEL },
        { "sizes", "no acc_size", PLX_BAD_KERNEL },
        { "field", "results[0] of the kernel: it lies outside", PLX_BAD_KERNEL },
        { "initial", "its initial 'many' is no value", PLX_BAD_KERNEL },
        { "missing", "No such file", PLX_NO_INPUT },
    };
    std::vector<Opened> opened;
    for (const auto &fault : faults)
        opened.push_back(open_toy(team, toy(fault.name)));
    for (size_t i = 0; i < opened.size(); i++) {
        EXPECT_EQ(opened[i].status, faults[i].status) << faults[i].name << ": " << opened[i].why;
        EXPECT_NE(opened[i].why.find(faults[i].why), std::string::npos) << opened[i].why;
        EXPECT_EQ(opened[i].object, nullptr);
        plx_object_close(opened[i].object);
    }
}

TEST_P(Object, FilesThatEverybodyMayWriteAreRefused)
{
    File file;
    file.write(bytes_of(toy("good")), 0602);
    Opened open_to_all = open_toy(team, file.path);
    file.write(bytes_of(toy("good")), 0600);
    Opened ours = open_toy(team, file.path);
    plx_object_close(ours.object);
    plx_object_close(open_to_all.object);
    EXPECT_EQ(open_to_all.status, PLX_BAD_KERNEL);
    EXPECT_NE(open_to_all.why.find("everybody may write"), std::string::npos) << open_to_all.why;
    EXPECT_EQ(ours.status, PLX_OK) << ours.why;
}

TEST_P(Object, NoFileAtAll)
{
    File file;
    file.write("#!/bin/sh\necho no object\n");
    std::vector<Opened> opened = { open_toy(team, file.path), open_toy(team, "/tmp/"),
                                   open_toy(team, "good.so") };
    for (Opened &one : opened)
        plx_object_close(one.object);
    EXPECT_EQ(opened[0].status, PLX_BAD_KERNEL);
    EXPECT_NE(opened[0].why.find("no shared object"), std::string::npos) << opened[0].why;
    EXPECT_EQ(opened[1].status, PLX_NO_INPUT);
    EXPECT_EQ(opened[2].status, PLX_BAD_JOB);
    EXPECT_NE(opened[2].why.find("slash"), std::string::npos) << opened[2].why;
}
