/* SPDX-License-Identifier: MIT */
/*
 * cli/policy_make.c: a policy of plx/policy.h from its options, and its options as JSON.
 *
 * What is not asked for stays zero there and costs nothing.
 */
#include <string.h>

#include "error.h"
#include "json.h"
#include "policy.h"
#include "type.h"

/* What a try of an item is made of, of which a reduce and a scan know nothing. */
const char *plx_cli_policy_first(const plx_cli_policy *policy)
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

int plx_cli_policy_fallback(const plx_kernel *kernel, const char *text, void *item)
{
    plx_field field;
    if (strcmp(text, "zero") == 0)
        return 0;
    if (!find_value(kernel, &field))
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--fallback '%s': not allowed; the results of kernel '%s' have no "
                             "value that can be told; it takes zero",
                             text, kernel->name);
    if (plx_field_set(&field, item, text) != PLX_OK)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--fallback '%s': not allowed; it takes a value of '%s' (%s), or zero",
                             text, field.name, field.about);
    return 0;
}

int plx_cli_policy_together(const plx_cli_policy *policy)
{
    if (policy->retries == 0 && policy->backoff.wait_s > 0)
        return plx_cli_error(PLX_EXIT_USAGE, "--backoff: not allowed without --retries");
    if (policy->retries == 0 && policy->codes.count > 0)
        return plx_cli_error(PLX_EXIT_USAGE, "--retry-codes: not allowed without --retries");
    return 0;
}

plx_policy plx_cli_policy_fill(const plx_cli_policy *told, uint64_t seed)
{
    return (plx_policy){
        .timeout_s = told->timeout_s,
        .retries = told->retries,
        .backoff_s = told->backoff.wait_s,
        .backoff_factor = told->backoff.factor,
        .backoff_max_s = told->backoff.max_s,
        .jitter = told->backoff.jitter,
        .seed = seed,
        .retry_codes = told->codes.count > 0 ? told->codes.code : NULL,
        .retry_codes_n = told->codes.count,
        .rate = told->rate.rate,
        .burst = told->rate.burst,
        .deadline_s = told->deadline_s,
    };
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

json_t *plx_cli_policy_json(const plx_cli_policy *told)
{
    if (plx_cli_policy_first(told) == NULL && !(told->deadline_s > 0))
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
