/* SPDX-License-Identifier: MIT */
/*
 * cli/run_same.c: what of `run`'s command line must be equal on all ranks: all that says how they
 * work together. Threads may differ from host to host.
 */
#include "run.h"
#include "same.h"

static const plx_cli_same_row options[] = {
#define VALUE(field) offsetof(plx_cli_ask, field), sizeof((plx_cli_ask *)0)->field
#define WORDS(field) offsetof(plx_cli_ask, field), 0
    {"PATTERN", VALUE(pattern)},   {"KERNEL", WORDS(kernel_name)},
    {"-m", WORDS(model.name)},     {"-n", VALUE(n)},
    {"-i", WORDS(input)},          {"-o", WORDS(output)},
    {"--bytes", WORDS(bytes)},     {"--trace", WORDS(trace)},
    {"--where", WORDS(where_name)}, {"--schedule", VALUE(schedule)},
    {"--grain", VALUE(grain)},     {"--seed", VALUE(seed)},
    {"--keep-going", VALUE(keep_going)}, {"--failures", VALUE(failures)},
    {"--tasks", VALUE(tasks)},     {"--batch", VALUE(batch)},
    {"--in-flight", VALUE(in_flight)}, {"--repeat", VALUE(repeat)},
    {"--exclusive", VALUE(exclusive)}, {"--timeout", VALUE(policy.timeout_s)},
    {"--fallback", WORDS(policy.fallback)}, {"--retries", VALUE(policy.retries)},
    {"--backoff", VALUE(policy.backoff)}, {"--retry-codes", VALUE(policy.codes.code)},
    {"--rate", VALUE(policy.rate)}, {"--resources", VALUE(policy.resources)},
    {"--deadline", VALUE(policy.deadline_s)}, {"--progress", VALUE(policy.progress)},
};

int plx_cli_work_same(const plx_cli_work *work)
{
    return plx_cli_same(work->team, options, sizeof options / sizeof *options, work->ask,
                        &work->ask->params);
}
