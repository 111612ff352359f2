// SPDX-License-Identifier: MIT
// A job or task without ctx has the defaults of its kernel's parameters; a kernel with a parameter
// that has no default needs one, and says so before anything runs.
#include "suite.hpp"

class Ctx : public Law
{
  protected:
    Ctx() : kernel(*plx_kernel_find("busy"))
    {
        plx_ctx_init(&kernel, defaults);
        job.kernel = &kernel;
        job.n = 100;
        job.grain = 7;
        for (auto *out : {&left, &right})
            out->assign(job.n, 0);
    }
    // out with no ctx and with the defaults told.
    void both(plx_status (*call)(plx_team *, const plx_job *, plx_report *))
    {
        for (int told = 0; told < 2; told++) {
            job.ctx = told ? defaults : nullptr;
            job.out = told ? right.data() : left.data();
            status[told] = call(team, &job, nullptr);
        }
    }
    plx_kernel kernel;
    plx_job job{};
    alignas(16) unsigned char defaults[PLX_CTX_MAX] = {};
    std::vector<uint64_t> left, right;
    plx_status status[2] = {PLX_INTERNAL, PLX_INTERNAL};
};
EVERY_MODEL(Ctx);

static plx_status fan(plx_team *team, const plx_job *whole, plx_report *report)
{
    plx_task tasks[2]{};
    for (size_t t = 0; t < 2; t++) {
        tasks[t].kernel = whole->kernel;
        tasks[t].lo = t * whole->n / 2;
        tasks[t].hi = (t + 1) * whole->n / 2;
        tasks[t].ctx = whole->ctx;
        tasks[t].out = static_cast<uint64_t *>(whole->out) + tasks[t].lo;
    }
    plx_job job{};
    job.n = 2;
    return plx_fan(team, &job, tasks, nullptr, report);
}

TEST_P(Ctx, NoneMeansTheDefaults)
{
    both(plx_map);
    EXPECT_EQ(PLX_OK, status[0]);
    EXPECT_EQ(PLX_OK, status[1]);
    EXPECT_EQ(left, right);
    EXPECT_TRUE(!team.root() || left[99] != 0);
    left.assign(job.n, 0);
    right.assign(job.n, 1);
    both(fan);
    EXPECT_EQ(PLX_OK, status[0]);
    EXPECT_TRUE(!team.root() || left == right);
}

// Each task has its own kernel's defaults.
TEST_P(Ctx, TasksOfTwoKernels)
{
    plx_field params[] = {kernel.params[0], kernel.params[1], plx_field{}};
    params[0].initial = "6";
    plx_kernel other = kernel;
    other.params = params;
    uint64_t out[4] = {};
    alignas(16) unsigned char ctx[2][PLX_CTX_MAX];
    plx_ctx_init(&kernel, ctx[0]);
    plx_ctx_init(&other, ctx[1]);
    for (int told = 0; told < 2; told++) {
        plx_task tasks[2]{};
        for (int t = 0; t < 2; t++) {
            tasks[t].kernel = t ? &other : &kernel;
            tasks[t].lo = 5;
            tasks[t].hi = 6;
            tasks[t].ctx = told ? ctx[t] : nullptr;
            tasks[t].out = &out[2 * told + t];
        }
        plx_job two{};
        two.n = 2;
        status[told] = plx_fan(team, &two, tasks, nullptr, nullptr);
    }
    EXPECT_EQ(PLX_OK, status[0]);
    EXPECT_EQ(PLX_OK, status[1]);
    EXPECT_EQ(out[2], out[0]);
    EXPECT_EQ(out[3], out[1]);
    EXPECT_TRUE(!team.root() || out[0] != out[1]);
}

TEST_P(Ctx, TheCutIsThatOfTheDefaults)
{
    size_t lo[2], hi[2], grain[2];
    job.grain = 0;
    job.n = 1000000;
    for (int told = 0; told < 2; told++) {
        job.ctx = told ? defaults : nullptr;
        grain[told] = plx_grain(&job);
        status[told] = plx_share(team, &job, &lo[told], &hi[told]);
    }
    EXPECT_EQ(PLX_OK, status[0]);
    EXPECT_EQ(grain[1], grain[0]);
    EXPECT_LT(1u, grain[0]);
    EXPECT_EQ(lo[1], lo[0]);
    EXPECT_EQ(hi[1], hi[0]);
}

TEST_P(Ctx, AParameterWithoutDefaultMustBeTold)
{
    plx_field params[] = {kernel.params[0], kernel.params[1], plx_field{}};
    params[0].initial = nullptr;
    kernel.params = params;
    both(plx_map);
    EXPECT_EQ(PLX_BAD_JOB, status[0]);
    EXPECT_EQ(PLX_OK, status[1]);
    both(fan);
    EXPECT_EQ(PLX_BAD_JOB, status[0]);
    EXPECT_EQ(PLX_OK, status[1]);
    kernel.params = nullptr;
    both(plx_map);
    EXPECT_EQ(PLX_BAD_JOB, status[0]);
    EXPECT_EQ(PLX_OK, status[1]);
}
