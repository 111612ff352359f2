/* SPDX-License-Identifier: MIT */
/*
 * compare/report/report_json.c: the report that scripts read: schema parallax.compare/1.
 *
 * Fields may be added, never changed. What was not measured is null, never 0; counts that may
 * exceed 2^53 stand as numbers where the schema says so and are exact, since the writer knows
 * 64-bit integers.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "compare/report/explain_json.h"
#include "compare/report/json.h"
#include "compare/report/schema.h"

static json_t *whole(const char *digits)
{
    char *end;
    long long value = strtoll(digits, &end, 10);
    return *digits && !*end ? json_integer(value) : json_null();
}

static json_t *samples(const double *values, size_t count)
{
    json_t *array = values ? json_array() : json_null();
    for (size_t i = 0; values && i < count; i++)
        json_array_append_new(array, plx_json_real(values[i]));
    return array;
}

/* One part of all launches' phases, such as hand_out_s. */
static json_t *part_samples(const plx_compare_row *row, size_t part)
{
    json_t *array = json_array();
    for (size_t i = 0; i < row->samples; i++)
        json_array_append_new(array, plx_json_real(plx_schema_part_of(&row->phases[i], part)));
    return array;
}

/* What each launch measured beside samples_s, launch by launch. */
static json_t *launches_object(const plx_compare_row *row)
{
    json_t *phases = row->phases ? json_object() : json_null();
    for (size_t part = 0; row->phases && part < PLX_SCHEMA_PARTS; part++)
        json_object_set_new(phases, plx_schema_parts[part], part_samples(row, part));
    return json_pack("{s:o, s:o, s:o}", "open_s", samples(row->open_s, row->samples), "launch_s",
                     samples(row->launch_s, row->samples), "phases", phases);
}

/* What held for the row beside its model, told or not; null: not its own. */
static json_t *settings_object(const plx_compare_row *row)
{
    json_t *object = json_object();
    for (size_t f = 0; f < PLX_FACTORS; f++)
        json_object_set_new(object, plx_schema_factors[f], plx_json_text(row->level[f]));
    json_object_set_new(object, "param", plx_json_text(row->param));
    return object;
}

static json_t *load_object(const plx_compare_load *load)
{
    const double none = (double)NAN;
    return json_pack(
        "{s:o, s:o, s:o, s:o}", "before", plx_json_real(load->before < 0 ? none : load->before),
        "during", plx_json_real(load->during < 0 ? none : load->during), "most",
        plx_json_real(load->most < 0 ? none : load->most), "where", plx_json_text(load->where));
}

static json_t *host_object(const plx_compare_host *host)
{
    return json_pack(
        "{s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "cpu", plx_json_text(host->cpu),
        "cores", host->cores, "os", plx_json_text(host->os), "compiler",
        plx_json_text(host->compiler), "mpi", plx_json_text(host->mpi), "omp_wait_policy",
        plx_json_text(host->wait_policy), "governor", plx_json_text(host->governor), "load",
        plx_json_text(host->load), "environment", plx_json_text(host->kept), "removed",
        plx_json_text(host->removed), "version", *host->version ? host->version : plx_version());
}

static json_t *row_object(const plx_compare_row *row)
{
    const bool timed = row->state == PLX_COMPARE_TIMED,
               judged = timed || row->state == PLX_COMPARE_DIFFERS;
    const double none = (double)NAN;
    json_t *object =
        json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:o, s:o}", "label", row->label, "model",
                  row->model, "workers", row->workers, "ranks", row->ranks, "threads", row->threads,
                  "state", plx_schema_states[row->state], "agrees",
                  judged ? json_boolean(timed) : json_null(), "why", plx_json_text(row->why));
    json_object_set_new(object, "median_s", plx_json_real(timed ? row->work.median : none));
    json_object_set_new(object, "ci95_s", timed ? plx_json_interval(&row->work) : json_null());
    json_object_set_new(object, "speedup", plx_json_real(timed ? row->speedup : none));
    json_object_set_new(object, "efficiency", plx_json_real(timed ? row->efficiency : none));
    json_object_set_new(object, "open_s", plx_json_real(timed ? row->open_median_s : none));
    json_object_set_new(object, "launch_s", plx_json_real(timed ? row->launch_median_s : none));
    json_object_set_new(object, "samples_s",
                        timed ? samples(row->work_s, row->samples) : json_null());
    json_object_set_new(object, "launches", timed ? launches_object(row) : json_null());
    json_object_set_new(object, "settings", settings_object(row));
    plx_explain_json_row(object, row);
    json_object_set_new(object, "exit_code",
                        row->state == PLX_COMPARE_FAILED ? json_integer(row->exit_code)
                                                         : json_null());
    return object;
}

static json_t *pair_object(const plx_compare_result *result, const plx_compare_pair *pair)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "a", result->rows[pair->a].label, "b",
                     result->rows[pair->b].label, "outcome", plx_schema_outcomes[pair->outcome],
                     "ratio", plx_json_real(pair->ratio.median), "ci95",
                     plx_json_interval(&pair->ratio), "detectable",
                     pair->ratio.known ? plx_json_real(pair->detectable) : json_null());
}

static json_t *verdict_object(const plx_compare_result *result)
{
    json_t *pairs = json_array();
    for (size_t i = 0; i < result->pairs_count; i++)
        json_array_append_new(pairs, pair_object(result, &result->pairs[i]));
    return json_pack("{s:o, s:f, s:f, s:s}", "pairs", pairs, "confidence", result->pair_confidence,
                     "family", 0.95, "text", result->text);
}

/* The level that all rows with that factor have; empty if there is none, or several. */
static const char *shared_level(const plx_compare_result *result, int factor)
{
    const char *shared = "";
    for (size_t r = 0; r < result->rows_count; r++) {
        const char *level = result->rows[r].level[factor];
        if (*level && *shared && strcmp(level, shared) != 0)
            return "";
        shared = *level ? level : shared;
    }
    return shared;
}

/* How it was run and when it ended, beside what the head of the object says. */
static void add_course(json_t *object, const plx_compare_result *result)
{
    const plx_compare_about *about = &result->about;
    json_object_set_new(object, "waits", json_boolean(about->waits));
    json_object_set_new(object, "params", plx_json_text(about->params ? about->params : ""));
    json_object_set_new(object, "operations", plx_json_positive(about->operations));
    json_object_set_new(object, "bytes", plx_json_positive(about->bytes));
    json_object_set_new(object, "end", json_string(plx_schema_ends[result->end]));
    json_object_set_new(object, "budget_s", plx_json_positive(result->budget_s));
    json_object_set_new(object, "took_s", plx_json_real(result->took_s));
    json_object_set_new(object, "load", load_object(&result->load));
}

static json_t *compare_object(const plx_compare_result *result)
{
    const plx_compare_about *about = &result->about;
    const plx_compare_row *base = &result->rows[result->base];
    json_t *models = json_array(), *order = json_array();
    for (size_t r = 0; r < result->rows_count; r++)
        json_array_append_new(models, row_object(&result->rows[r]));
    for (size_t i = 0; i < result->order_count; i++)
        json_array_append_new(order, json_string(result->rows[result->order[i]].label));
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:i, s:i, s:i}", "schema", "parallax.compare/1",
                  "kernel", about->kernel, "pattern", about->pattern, "n", whole(about->n), "grain",
                  whole(about->grain), "workers", about->workers, "rounds", result->rounds,
                  "repeats", about->repeats);
    json_object_set_new(object, "n_chosen", json_boolean(about->n_chosen));
    json_object_set_new(object, "seed", json_sprintf("%llu", (unsigned long long)about->seed));
    json_object_set_new(object, "schedule",
                        plx_json_text(shared_level(result, PLX_FACTOR_SCHEDULE)));
    json_object_set_new(object, "host", host_object(&result->host));
    json_object_set_new(object, "base",
                        json_pack("{s:s, s:s, s:o, s:s?}", "what", "serial", "label", base->label,
                                  "median_s", plx_json_real(base->work.median), "better",
                                  about->better));
    add_course(object, result);
    json_object_set_new(object, "bounds", plx_explain_json_bounds(result));
    json_object_set_new(object, "models", models);
    json_object_set_new(object, "order", order);
    json_object_set_new(object, "verdict", verdict_object(result));
    return object;
}

char *plx_compare_json(const plx_compare_result *result)
{
    return plx_json_line(compare_object(result));
}

char *plx_compare_set_json(const plx_compare_result *results, size_t count)
{
    json_t *comparisons = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(comparisons, compare_object(&results[i]));
    return plx_json_line(
        json_pack("{s:s, s:o}", "schema", "parallax.compare-set/1", "comparisons", comparisons));
}
