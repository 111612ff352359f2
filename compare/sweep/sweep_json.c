/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/sweep_json.c: a sweep that scripts read: schema parallax.sweep/1.
 *
 * It holds each point's whole parallax.compare/1, so that everything beside them can be made again;
 * what was not measured is null.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "compare/report/json.h"
#include "compare/sweep/sweep.h"

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

/* The number of a point; null: none. */
static json_t *place(const plx_sweep_result *sweep, size_t point)
{
    return point < sweep->done ? count(sweep->points.at[point]) : json_null();
}

static json_t *comparison(const plx_compare_result *at)
{
    char *line = plx_compare_json(at);
    json_t *object = line ? json_loads(line, 0, NULL) : NULL;
    free(line);
    return object;
}

static json_t *spot_object(const plx_sweep_result *sweep, const plx_sweep_spot *spot, size_t point)
{
    const bool known = spot->timed && spot->speedup.known;
    const double none = (double)NAN;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "x", place(sweep, point), "speedup",
                     plx_json_real(spot->timed ? spot->speedup.median : none), "ci95",
                     spot->timed ? plx_json_interval(&spot->speedup) : json_null(), "efficiency",
                     plx_json_real(spot->timed ? spot->efficiency : none), "karp_flatt",
                     plx_json_real(spot->timed ? spot->karp_flatt.median : none), "beats_serial",
                     known ? json_boolean(spot->outcome == PLX_COMPARE_FASTER) : json_null());
}

static json_t *value_object(const plx_fit_value *value)
{
    return json_pack("{s:o, s:o, s:o}", "value", plx_json_real(value->value), "low",
                     plx_json_real(value->low), "high", plx_json_real(value->high));
}

static json_t *amdahl_object(const plx_amdahl *fit)
{
    return json_pack("{s:o, s:o}", "b", value_object(&fit->b), "error", plx_json_real(fit->error));
}

static json_t *usl_object(const plx_usl *fit)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "lambda", value_object(&fit->lambda), "sigma",
                     value_object(&fit->sigma), "kappa", value_object(&fit->kappa), "peak",
                     value_object(&fit->peak), "error", plx_json_real(fit->error));
}

static json_t *curve_object(const plx_sweep_result *sweep, const plx_sweep_curve *curve)
{
    json_t *spots = json_array();
    for (size_t i = 0; i < sweep->done; i++)
        json_array_append_new(spots, spot_object(sweep, &curve->spot[i], i));
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s?}", "label", curve->label, "points", spots,
                     "cost", place(sweep, curve->cost), "amdahl",
                     curve->fitted ? amdahl_object(&curve->amdahl) : json_null(), "usl",
                     curve->usl_fitted ? usl_object(&curve->usl) : json_null(), "why",
                     *curve->why ? curve->why : NULL);
}

static json_t *crossover_object(const plx_sweep_result *sweep, const plx_sweep_crossover *cross)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:b}", "a", cross->a, "b", cross->b, "until",
                     place(sweep, cross->below), "from", place(sweep, cross->from), "again",
                     cross->again);
}

static json_t *sweep_object(const plx_sweep_result *sweep)
{
    json_t *points = json_array(), *comparisons = json_array(), *curves = json_array(),
           *crossovers = json_array();
    for (size_t i = 0; i < sweep->done; i++) {
        json_array_append_new(points, place(sweep, i));
        json_array_append_new(comparisons, comparison(&sweep->at[i]));
    }
    for (size_t c = 0; c < sweep->curves_count; c++)
        json_array_append_new(curves, curve_object(sweep, &sweep->curves[c]));
    for (size_t i = 0; i < sweep->crossovers_count; i++)
        json_array_append_new(crossovers, crossover_object(sweep, &sweep->crossovers[i]));
    const plx_compare_about *about = &sweep->at[0].about;
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s}", "schema",
                     "parallax.sweep/1", "kernel", about->kernel, "pattern", about->pattern, "axis",
                     plx_sweep_axis_name(sweep->points.axis), "budget_s",
                     plx_json_positive(sweep->budget_s), "points", points, "comparisons",
                     comparisons, "curves", curves, "crossovers", crossovers, "text", sweep->text);
}

char *plx_sweep_json(const plx_sweep_result *sweep)
{
    return sweep->done > 0 ? plx_json_line(sweep_object(sweep)) : NULL;
}
