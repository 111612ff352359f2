/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/same.c: what of `batch`'s command line must be equal on all ranks, and the kernel that
 * a file holds. Threads may differ from host to host.
 */
#include "../same.h"
#include "batch.h"

static const plx_cli_same_row rows[] = {
#define VALUE(field) offsetof(plx_batch_ask, field), sizeof((plx_batch_ask *)0)->field
#define WORDS(field) offsetof(plx_batch_ask, field), 0
    {"KERNEL", WORDS(kernel_name)}, {"--exec", WORDS(command)},
    {"ITEMS", WORDS(items)},        {"-m", WORDS(model.name)},
    {"-n", VALUE(n)},               {"--shell", VALUE(shell)},
    {"--journal", WORDS(journal)},  {"-o", WORDS(output)},
    {"--resume", VALUE(resume)},    {"--durability", VALUE(durability)},
    {"--batch", VALUE(batch)},      {"--in-flight", VALUE(in_flight)},
    {"--isolate", VALUE(isolate)},  {"--max-fails", VALUE(max_fails)},
    {"--deadline", WORDS(deadline)}, {"--grace", VALUE(grace_s)},
    {"--timeout", VALUE(policy.timeout_s)}, {"--fallback", WORDS(policy.fallback)},
    {"--retries", VALUE(policy.retries)}, {"--backoff", VALUE(policy.backoff)},
    {"--retry-codes", VALUE(policy.codes.code)}, {"--rate", VALUE(policy.rate)},
    {"--seed", VALUE(seed)},        {"--keep-order", VALUE(keep_order)},
    {"--progress", VALUE(policy.progress)}, {"--json", VALUE(json)},
    {"--failures", VALUE(failures)}, {"-0", VALUE(nul)},
    {"the kernel's file", WORDS(subject)},
};

int plx_batch_same(const plx_batch_run *run)
{
    return plx_cli_same(run->team, rows, sizeof rows / sizeof *rows, run->ask, &run->ask->params);
}
