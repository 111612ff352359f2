// SPDX-License-Identifier: MIT
// More workers than cores: work that waits is under way in all of them at once. Shown without a
// clock: each item waits until all the others have begun, which serial code would never see.
#include "suite.hpp"

#include <atomic>
#include <thread>

namespace {

constexpr int WORKERS = 64;
std::atomic<int> begun{0};

bool all_begin()
{
    begun++;
    for (int ms = 0; ms < 20000 && begun < WORKERS; ms++) // bounded, should they never come
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return begun >= WORKERS;
}

void meet(const plx_block *block)
{
    uint64_t *out = static_cast<uint64_t *>(block->out);
    for (size_t i = block->lo; i < block->hi; i++)
        out[i - block->lo] = all_begin();
}

plx_kernel meeting()
{
    plx_kernel kernel = *plx_kernel_find("wait"); // its grain, flags and cost
    kernel.name = "meeting";
    kernel.map = meet;
    return kernel;
}

class Waiting : public ::testing::TestWithParam<std::string>
{
};

std::vector<std::string> threaded()
{
    std::vector<std::string> all;
    plx_model_info info;
    for (size_t i = 0; plx_model_at(i, &info); i++)
        for (const char *name : {"omp", "pthread"})
            if (info.available && std::string(info.name) == name)
                all.push_back(name);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Models, Waiting, ::testing::ValuesIn(threaded()));

TEST_P(Waiting, SixtyFourItemsOfAMapAreUnderWayAtOnce)
{
    const plx_kernel kernel = meeting();
    Team team(GetParam(), WORKERS);
    std::vector<unsigned char> ctx(kernel.ctx_size);
    plx_ctx_init(&kernel, ctx.data());
    for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC}) {
        std::vector<uint64_t> out(WORKERS);
        plx_job job{};
        job.kernel = &kernel;
        job.n = WORKERS;
        job.ctx = ctx.data();
        job.out = out.data();
        job.schedule = schedule;
        begun = 0;
        EXPECT_EQ(PLX_OK, plx_map(team, &job, nullptr));
        EXPECT_EQ(std::vector<uint64_t>(WORKERS, 1), out) << "schedule " << schedule;
    }
}

TEST_P(Waiting, SixtyFourTasksOfAFanAreUnderWayAtOnce)
{
    const plx_kernel kernel = meeting();
    Team team(GetParam(), WORKERS);
    std::vector<unsigned char> ctx(kernel.ctx_size);
    plx_ctx_init(&kernel, ctx.data());
    std::vector<uint64_t> out(WORKERS);
    std::vector<plx_task> tasks(WORKERS);
    for (size_t t = 0; t < WORKERS; t++) {
        tasks[t].kernel = &kernel;
        tasks[t].lo = t;
        tasks[t].hi = t + 1;
        tasks[t].ctx = ctx.data();
        tasks[t].out = &out[t];
    }
    plx_job job{};
    job.n = WORKERS;
    begun = 0;
    EXPECT_EQ(PLX_OK, plx_fan(team, &job, tasks.data(), nullptr, nullptr));
    EXPECT_EQ(std::vector<uint64_t>(WORKERS, 1), out);
}

} // namespace
