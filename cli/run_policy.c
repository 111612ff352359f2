/* SPDX-License-Identifier: MIT */
/*
 * cli/run_policy.c: the options of a policy: what they go with, and the policy made of them.
 *
 * Every call of a run has one, since signals stop it by its token.
 */
#include <stdlib.h>

#include "error.h"
#include "progress.h"
#include "run.h"
#include "signals.h"

static int make_fallback(const plx_cli_ask *ask, void **item)
{
    *item = calloc(1, ask->kernel->out_size + 1);
    if (*item == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the value of --fallback");
    return plx_cli_policy_fallback(ask->kernel, ask->policy.fallback, *item);
}

static int check_fallback(const plx_cli_ask *ask)
{
    void *item = NULL;
    if (ask->policy.fallback == NULL)
        return 0;
    if (ask->in_tasks)
        return plx_cli_refuse("--fallback", ask,
                              "it is an item's value, and a task has many items");
    int code = make_fallback(ask, &item);
    free(item);
    return code;
}

int plx_cli_policy_check(const plx_cli_ask *ask)
{
    const plx_cli_policy *policy = &ask->policy;
    const char *option = plx_cli_policy_first(policy);
    if (option != NULL && (ask->pattern == PLX_REDUCE || ask->pattern == PLX_SCAN))
        return plx_cli_refuse(option, ask,
                                  "it folds items and does not try them one by one; it takes "
                                  "--deadline and --progress");
    int code = plx_cli_policy_together(policy);
    return code == 0 ? check_fallback(ask) : code;
}

/* Handles are pointers to the numbers 0 to K - 1. */
static int open_resources(plx_cli_work *work)
{
    const size_t k = work->ask->policy.resources;
    void **handles = calloc(k, sizeof *handles);
    work->handles = calloc(k, sizeof *work->handles);
    plx_status status = handles && work->handles ? PLX_OK : PLX_NO_MEMORY;
    for (size_t i = 0; status == PLX_OK && i < k; i++) {
        work->handles[i] = (int)i;
        handles[i] = &work->handles[i];
    }
    if (status == PLX_OK)
        status = plx_resources_open(handles, k, &work->resources);
    free(handles);
    return status == PLX_OK ? 0
                            : plx_cli_error(plx_status_exit(status), "--resources '%zu': %s", k,
                                            plx_status_text(status));
}

int plx_cli_policy_open(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    const plx_cli_policy *told = &ask->policy;
    int code = told->resources > 0 ? open_resources(work) : 0;
    if (code == 0 && told->fallback != NULL)
        code = make_fallback(ask, &work->fallback);
    work->policy = plx_cli_policy_fill(told, ask->seed);
    work->policy.fallback = work->fallback;
    work->policy.resources = work->resources;
    work->policy.stop = plx_cli_signals_stop();
    if (told->progress)
        plx_cli_progress_begin(&work->policy);
    work->job.policy = &work->policy;
    return code;
}

void plx_cli_policy_close(plx_cli_work *work)
{
    plx_resources_close(work->resources);
    free(work->handles);
    free(work->fallback);
}

/* Of a call that was stopped, as far as this rank can know. */
const char *plx_cli_policy_stopper(const plx_cli_ask *ask)
{
    const char *name = plx_cli_signals_name();
    if (name != NULL)
        return name;
    return ask->policy.deadline_s > 0 ? "--deadline" : "another rank";
}
