/* SPDX-License-Identifier: MIT */
/*
 * compare/report_json.c: the report that scripts read: schema parallax.compare/1.
 *
 * Fields may be added, never changed. What was not measured is null, never 0; counts that may
 * exceed 2^53 stand as numbers where the schema says so and are exact, since the writer knows
 * 64-bit integers.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "compare/compare.h"

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text(const char *value)
{
    return *value ? json_string(value) : json_null();
}

static json_t *whole(const char *digits)
{
    char *end;
    long long value = strtoll(digits, &end, 10);
    return *digits && !*end ? json_integer(value) : json_null();
}

static json_t *bounds(const plx_interval *interval)
{
    return interval->known ? json_pack("[o, o]", real(interval->low), real(interval->high))
                           : json_null();
}

static json_t *samples(const double *values, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, real(values[i]));
    return array;
}

static json_t *host_object(const plx_compare_host *host)
{
    return json_pack("{s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "cpu", text(host->cpu),
                     "cores", host->cores, "os", text(host->os), "compiler", text(host->compiler),
                     "mpi", text(host->mpi), "omp_wait_policy", text(host->wait_policy), "governor",
                     text(host->governor), "load", text(host->load), "version", plx_version());
}

static json_t *row_object(const plx_compare_row *row)
{
    static const char *const states[] = {[PLX_COMPARE_TIMED] = "timed",
                                         [PLX_COMPARE_DIFFERS] = "differs",
                                         [PLX_COMPARE_MISSING] = "not available",
                                         [PLX_COMPARE_FAILED] = "failed"};
    const bool timed = row->state == PLX_COMPARE_TIMED,
               judged = timed || row->state == PLX_COMPARE_DIFFERS;
    const double none = (double)NAN;
    json_t *object = json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:o, s:o}", "label", row->label,
                               "model", row->model, "workers", row->workers, "ranks", row->ranks,
                               "threads", row->threads, "state", states[row->state], "agrees",
                               judged ? json_boolean(timed) : json_null(), "why", text(row->why));
    json_object_set_new(object, "median_s", real(timed ? row->work.median : none));
    json_object_set_new(object, "ci95_s", timed ? bounds(&row->work) : json_null());
    json_object_set_new(object, "speedup", real(timed ? row->speedup : none));
    json_object_set_new(object, "efficiency", real(timed ? row->efficiency : none));
    json_object_set_new(object, "open_s", real(timed ? row->open_median_s : none));
    json_object_set_new(object, "launch_s", real(timed ? row->launch_median_s : none));
    json_object_set_new(object, "samples_s",
                        timed ? samples(row->work_s, row->samples) : json_null());
    return object;
}

static json_t *pair_object(const plx_compare_result *result, const plx_compare_pair *pair)
{
    static const char *const outcomes[] = {[PLX_COMPARE_FASTER] = "faster",
                                           [PLX_COMPARE_SLOWER] = "slower",
                                           [PLX_COMPARE_SAME] = "no difference"};
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "a", result->rows[pair->a].label, "b",
                     result->rows[pair->b].label, "outcome", outcomes[pair->outcome], "ratio",
                     real(pair->ratio.median), "ci95", bounds(&pair->ratio), "detectable",
                     pair->ratio.known ? real(pair->detectable) : json_null());
}

static json_t *verdict_object(const plx_compare_result *result)
{
    json_t *pairs = json_array();
    for (size_t i = 0; i < result->pairs_count; i++)
        json_array_append_new(pairs, pair_object(result, &result->pairs[i]));
    return json_pack("{s:o, s:s}", "pairs", pairs, "text", result->text);
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
                  "kernel", about->kernel, "pattern", about->pattern, "n", whole(about->n),
                  "grain", whole(about->grain), "workers", about->workers, "rounds", result->rounds,
                  "repeats", about->repeats);
    json_object_set_new(object, "n_chosen", json_boolean(about->n_chosen));
    json_object_set_new(object, "seed", json_sprintf("%llu", (unsigned long long)about->seed));
    json_object_set_new(object, "schedule",
                        text(base->level[PLX_FACTOR_SCHEDULE]));
    json_object_set_new(object, "host", host_object(&result->host));
    json_object_set_new(object, "base",
                        json_pack("{s:s, s:o, s:s?}", "what", "serial", "median_s",
                                  real(base->work.median), "better", about->better));
    json_object_set_new(object, "models", models);
    json_object_set_new(object, "order", order);
    json_object_set_new(object, "verdict", verdict_object(result));
    return object;
}

char *plx_compare_json(const plx_compare_result *result)
{
    json_t *object = compare_object(result);
    char *line = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return line;
}

char *plx_compare_set_json(const plx_compare_result *results, size_t count)
{
    json_t *comparisons = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(comparisons, compare_object(&results[i]));
    json_t *object =
        json_pack("{s:s, s:o}", "schema", "parallax.compare-set/1", "comparisons", comparisons);
    char *line = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return line;
}
