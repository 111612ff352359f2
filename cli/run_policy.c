/* SPDX-License-Identifier: MIT */
/*
 * cli/run_policy.c: the options of a policy: what they go with, and the policy made of them.
 *
 * Every call of a run has one, since signals stop it by its token; what is not asked for stays zero
 * there and costs nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "progress.h"
#include "run.h"
#include "signals.h"
#include "type.h"

/* What a try of an item is made of, of which a reduce and a scan know nothing. */
static const char *first_of_tries(const plx_cli_policy *policy)
{
    const struct {
        const char *option;
        bool told;
    } tries[] = {
        { "--timeout", policy->timeout_s > 0 },  { "--fallback", policy->fallback != NULL },
        { "--retries", policy->retries > 0 },    { "--rate", policy->rate.rate > 0 },
        { "--resources", policy->resources > 0 },
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        if (tries[i].told)
            return tries[i].option;
    return NULL;
}

/* The value that a fallback sets, of an item of a map: the first result, or all there is. */
static bool find_value(const plx_kernel *kernel, plx_field *field)
{
    const plx_cli_type *type = plx_cli_type_of(kernel->out_type);
    if (kernel->fold == NULL && kernel->results != NULL && kernel->results[0].name != NULL) {
        *field = kernel->results[0];
        return true;
    }
    *field = (plx_field){ .name = "value", .about = type->word, .type = kernel->out_type,
                          .size = kernel->out_size };
    return kernel->out_type != PLX_BYTES && type->size == kernel->out_size;
}

/* item: out_size bytes of zero. */
static int set_fallback(const plx_cli_ask *ask, void *item)
{
    plx_field field;
    const char *text = ask->policy.fallback;
    if (strcmp(text, "zero") == 0)
        return 0;
    if (!find_value(ask->kernel, &field))
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--fallback '%s': not allowed; the results of kernel '%s' have no "
                             "value that can be told; it takes zero",
                             text, ask->kernel->name);
    if (plx_field_set(&field, item, text) != PLX_OK)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--fallback '%s': not allowed; it takes a value of '%s' (%s), or zero",
                             text, field.name, field.about);
    return 0;
}

static int make_fallback(const plx_cli_ask *ask, void **item)
{
    *item = calloc(1, ask->kernel->out_size + 1);
    if (*item == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the value of --fallback");
    return set_fallback(ask, *item);
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
    const char *option = first_of_tries(policy);
    if (option != NULL && (ask->pattern == PLX_REDUCE || ask->pattern == PLX_SCAN))
        return plx_cli_refuse(option, ask,
                                  "it folds items and does not try them one by one; it takes "
                                  "--deadline and --progress");
    if (policy->retries == 0 && policy->backoff.wait_s > 0)
        return plx_cli_error(PLX_EXIT_USAGE, "--backoff: not allowed without --retries");
    if (policy->retries == 0 && policy->codes.count > 0)
        return plx_cli_error(PLX_EXIT_USAGE, "--retry-codes: not allowed without --retries");
    return check_fallback(ask);
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
    work->policy = (plx_policy){
        .timeout_s = told->timeout_s,
        .fallback = work->fallback,
        .retries = told->retries,
        .backoff_s = told->backoff.wait_s,
        .backoff_factor = told->backoff.factor,
        .backoff_max_s = told->backoff.max_s,
        .jitter = told->backoff.jitter,
        .seed = ask->seed,
        .retry_codes = told->codes.count > 0 ? told->codes.code : NULL,
        .retry_codes_n = told->codes.count,
        .rate = told->rate.rate,
        .burst = told->rate.burst,
        .resources = work->resources,
        .deadline_s = told->deadline_s,
        .stop = plx_cli_signals_stop(),
    };
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

/* What is zero was not asked for. */
static void add_number(json_t *policy, const char *name, double value)
{
    json_object_set_new(policy, name, value > 0 ? json_real(value) : json_null());
}

static json_t *make_codes(const plx_cli_codes *codes)
{
    json_t *list = codes->count > 0 ? json_array() : json_null();
    for (size_t i = 0; i < codes->count; i++)
        json_array_append_new(list, json_integer(codes->code[i]));
    return list;
}

json_t *plx_cli_policy_json(const plx_cli_ask *ask)
{
    const plx_cli_policy *told = &ask->policy;
    if (first_of_tries(told) == NULL && !(told->deadline_s > 0))
        return NULL;
    json_t *policy = json_object();
    add_number(policy, "timeout_s", told->timeout_s);
    json_object_set_new(policy, "fallback", plx_cli_json_text(told->fallback));
    json_object_set_new(policy, "retries", json_integer(told->retries));
    add_number(policy, "backoff_s", told->backoff.wait_s);
    add_number(policy, "backoff_factor", told->backoff.factor);
    add_number(policy, "backoff_max_s", told->backoff.max_s);
    add_number(policy, "jitter", told->backoff.jitter);
    json_object_set_new(policy, "retry_codes", make_codes(&told->codes));
    add_number(policy, "rate", told->rate.rate);
    add_number(policy, "burst", told->rate.burst);
    json_object_set_new(policy, "resources",
                        told->resources > 0 ? plx_cli_json_count(told->resources) : json_null());
    add_number(policy, "deadline_s", told->deadline_s);
    return policy;
}
