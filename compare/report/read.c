/* SPDX-License-Identifier: MIT */
/*
 * compare/report/read.c: a report that was written once, back into a result: the same JSON comes
 * out of it again.
 *
 * Nothing is believed. Sizes are bounded before memory is taken, each label that is referred to
 * must be a row's, and a timed row has one sample a round. What an older version did not write is
 * not measured.
 */
#include "compare/report/read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/find.h"
#include "compare/report/schema.h"

enum { ROWS_MOST = 256, ROUNDS_MOST = 1000000, ORDER_MOST = 16000000 };

/* A whole number as the digits that the program said; absent: empty. */
static bool read_digits(const plx_place *above, const char *key, char *digits, size_t size)
{
    const plx_place at = plx_fields_at(above, key);
    if (!at.value)
        return true;
    if (!json_is_integer(at.value) || json_integer_value(at.value) < 0)
        return plx_fields_wrong(&at, "a whole number from 0 is needed");
    snprintf(digits, size, "%lld", (long long)json_integer_value(at.value));
    return true;
}

static bool read_seed(const plx_place *above, uint64_t *seed)
{
    char digits[24], *end;
    const plx_place at = plx_fields_at(above, "seed");
    if (!plx_fields_text(above, "seed", digits, sizeof digits, false))
        return false;
    *seed = strtoull(digits, &end, 10);
    return (digits[strspn(digits, "0123456789")] == '\0' && strlen(digits) <= 20) ||
           plx_fields_wrong(&at, "a whole number as text is needed");
}

static bool read_about(const plx_place *at, plx_compare_about *about)
{
    const plx_place base = plx_fields_at(at, "base");
    return plx_fields_text(at, "kernel", about->kernel, sizeof about->kernel, true) &&
           plx_fields_text(at, "pattern", about->pattern, sizeof about->pattern, true) &&
           read_digits(at, "n", about->n, sizeof about->n) &&
           read_digits(at, "grain", about->grain, sizeof about->grain) &&
           plx_fields_bool(at, "n_chosen", &about->n_chosen) &&
           plx_fields_bool(at, "waits", &about->waits) &&
           plx_fields_int(at, "workers", 0, PLX_READ_WORKERS, &about->workers) &&
           plx_fields_int(at, "repeats", 0, ROUNDS_MOST, &about->repeats) &&
           read_seed(at, &about->seed) &&
           plx_fields_long_text(at, "params", false, &about->params) &&
           plx_fields_real(at, "operations", 0, PLX_READ_RATIO, &about->operations) &&
           plx_fields_real(at, "bytes", 0, PLX_READ_RATIO, &about->bytes) &&
           plx_fields_is_object(&base) &&
           plx_fields_long_text(&base, "better", false, &about->better);
}

static bool read_host(const plx_place *above, plx_compare_host *host)
{
    const plx_place at = plx_fields_at(above, "host");
#define TEXT(key, member) plx_fields_text(&at, key, host->member, sizeof host->member, false)
    return plx_fields_is_object(&at) && TEXT("cpu", cpu) &&
           plx_fields_int(&at, "cores", 0, PLX_READ_WORKERS, &host->cores) && TEXT("os", os) &&
           TEXT("compiler", compiler) && TEXT("mpi", mpi) && TEXT("omp_wait_policy", wait_policy) &&
           TEXT("governor", governor) && TEXT("load", load) && TEXT("environment", kept) &&
           TEXT("removed", removed) && TEXT("version", version);
#undef TEXT
}

static bool read_load(const plx_place *above, plx_compare_load *load)
{
    const plx_place at = plx_fields_at(above, "load");
    load->before = load->during = load->most = -1;
    return !at.value || (plx_fields_is_object(&at) &&
                         plx_fields_real(&at, "before", 0, PLX_READ_RATIO, &load->before) &&
                         plx_fields_real(&at, "during", 0, PLX_READ_RATIO, &load->during) &&
                         plx_fields_real(&at, "most", 0, PLX_READ_RATIO, &load->most) &&
                         plx_fields_text(&at, "where", load->where, sizeof load->where, false));
}

static bool read_bound(const plx_place *above, plx_compare_bound *bound)
{
    const plx_place at = plx_fields_at(above, "bounds");
    const plx_place ceiling = plx_fields_at(&at, "ceiling");
    if (!at.value)
        return true;
    if (!plx_fields_is_object(&at) ||
        !plx_fields_real(&at, "bandwidth_Bps", 0, PLX_READ_RATIO, &bound->bytes_per_s))
        return false;
    return !ceiling.value ||
           (plx_fields_is_object(&ceiling) &&
            plx_fields_int(&ceiling, "copies", 0, PLX_READ_WORKERS, &bound->copies) &&
            plx_fields_real(&ceiling, "ratio", 0, PLX_READ_RATIO, &bound->ceiling.median) &&
            plx_fields_interval(&ceiling, "ci95", &bound->ceiling));
}

static bool read_course(const plx_place *at, plx_compare_result *result)
{
    int end = PLX_COMPARE_ROUNDS;
    bool good = plx_fields_int(at, "rounds", 1, ROUNDS_MOST, &result->rounds) &&
                plx_fields_word(at, "end", plx_schema_ends, PLX_SCHEMA_ENDS, &end) &&
                plx_fields_real(at, "budget_s", 0, PLX_READ_SECONDS, &result->budget_s) &&
                plx_fields_real(at, "took_s", 0, PLX_READ_SECONDS, &result->took_s) &&
                read_load(at, &result->load) && read_bound(at, &result->bound);
    result->end = (plx_compare_end)end;
    if (good && result->rounds < 1)
        return plx_fields_wrong(at, "has no rounds");
    return good;
}

static bool read_rows(const plx_place *above, plx_compare_result *result)
{
    const plx_place at = plx_fields_at(above, "models");
    if (!plx_fields_is_array(&at, ROWS_MOST))
        return false;
    const size_t count = json_array_size(at.value);
    result->rows = calloc(count + 1, sizeof *result->rows);
    if (!result->rows)
        return plx_fields_no_memory(&at);
    for (size_t r = 0; r < count; r++) {
        plx_compare_row *row = &result->rows[r];
        const plx_place entry = plx_fields_entry(&at, r), label = plx_fields_at(&entry, "label");
        const bool good = plx_read_row(&entry, result->rounds, row),
                   twice = good && plx_find_row(result, row->label);
        result->rows_count = r + 1; /* its arrays are freed with the result */
        if (twice)
            return plx_fields_wrong(&label, "'%s' is there twice", row->label);
        if (!good)
            return false;
    }
    return true;
}

/* A label that is referred to. */
static bool read_label(const plx_place *above, const char *key, const plx_compare_result *result,
                       size_t *row)
{
    char label[sizeof result->rows->label];
    const plx_place at = plx_fields_at(above, key);
    if (!plx_fields_text(above, key, label, sizeof label, true))
        return false;
    const plx_compare_row *found = plx_find_row(result, label);
    if (!found || found->state != PLX_COMPARE_TIMED)
        return plx_fields_wrong(&at, "'%s' is no row that was timed", label);
    *row = (size_t)(found - result->rows);
    return true;
}

/* An older report does not say which row of serial the base was: then it had one setting. */
static bool read_base(const plx_place *above, plx_compare_result *result)
{
    const plx_place at = plx_fields_at(above, "base"), label = plx_fields_at(&at, "label");
    if (label.value)
        return read_label(&at, "label", result, &result->base);
    for (size_t r = 0; r < result->rows_count; r++) {
        result->base = r;
        if (result->rows[r].state == PLX_COMPARE_TIMED &&
            strcmp(result->rows[r].model, "serial") == 0)
            return true;
    }
    return plx_fields_wrong(&at, "names no row, and none of serial was timed");
}

static bool read_order(const plx_place *above, plx_compare_result *result)
{
    const plx_place at = plx_fields_at(above, "order");
    if (!plx_fields_is_array(&at, ORDER_MOST))
        return false;
    const size_t count = json_array_size(at.value);
    result->order = calloc(count + 1, sizeof *result->order);
    if (!result->order)
        return plx_fields_no_memory(&at);
    for (; result->order_count < count; result->order_count++) {
        const plx_place entry = plx_fields_entry(&at, result->order_count);
        const char *label = json_string_value(entry.value);
        const plx_compare_row *row = label ? plx_find_row(result, label) : NULL;
        if (!row)
            return plx_fields_wrong(&entry, "is no label of a row");
        result->order[result->order_count] = (size_t)(row - result->rows);
    }
    return true;
}

static bool read_pair(const plx_place *at, const plx_compare_result *result, plx_compare_pair *pair)
{
    int outcome = PLX_COMPARE_SAME;
    pair->ratio.median = pair->detectable = (double)NAN;
    bool good =
        plx_fields_is_object(at) && read_label(at, "a", result, &pair->a) &&
        read_label(at, "b", result, &pair->b) &&
        plx_fields_word(at, "outcome", plx_schema_outcomes, PLX_SCHEMA_OUTCOMES, &outcome) &&
        plx_fields_real(at, "ratio", 0, PLX_READ_RATIO, &pair->ratio.median) &&
        plx_fields_interval(at, "ci95", &pair->ratio) &&
        plx_fields_real(at, "detectable", -PLX_READ_RATIO, PLX_READ_RATIO, &pair->detectable);
    pair->outcome = (plx_compare_outcome)outcome;
    return good;
}

static bool read_verdict(const plx_place *above, plx_compare_result *result)
{
    const plx_place at = plx_fields_at(above, "verdict"), pairs = plx_fields_at(&at, "pairs");
    const size_t most = (size_t)ROWS_MOST * ROWS_MOST;
    if (!plx_fields_is_object(&at) ||
        !plx_fields_real(&at, "confidence", 0, 1, &result->pair_confidence) ||
        !plx_fields_long_text(&at, "text", true, &result->text) ||
        !plx_fields_is_array(&pairs, most))
        return false;
    if (!result->text)
        return plx_fields_wrong(&at, "has no text");
    const size_t count = json_array_size(pairs.value);
    result->pairs = calloc(count + 1, sizeof *result->pairs);
    if (!result->pairs)
        return plx_fields_no_memory(&at);
    for (; result->pairs_count < count; result->pairs_count++) {
        const plx_place entry = plx_fields_entry(&pairs, result->pairs_count);
        if (!read_pair(&entry, result, &result->pairs[result->pairs_count]))
            return false;
    }
    return true;
}

bool plx_read_result(const plx_place *at, plx_compare_result *result)
{
    return plx_fields_is_object(at) && read_about(at, &result->about) &&
           read_host(at, &result->host) && read_course(at, result) && read_rows(at, result) &&
           read_base(at, result) && read_order(at, result) && read_verdict(at, result);
}
