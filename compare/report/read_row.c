/* SPDX-License-Identifier: MIT */
/*
 * compare/report/read_row.c: one model's row. A report of an older version lacks what was not
 * measured then; that stays zero, or not a number where zero would be a claim.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report/read.h"
#include "compare/report/schema.h"

enum { CODE_MOST = 255 };

static bool read_shape(const plx_place *at, plx_compare_row *row)
{
    int state = PLX_COMPARE_TIMED;
    row->exit_code = 0;
    bool good = plx_fields_text(at, "label", row->label, sizeof row->label, true) &&
                plx_fields_text(at, "model", row->model, sizeof row->model, true) &&
                plx_fields_int(at, "workers", 0, PLX_READ_WORKERS, &row->workers) &&
                plx_fields_int(at, "ranks", 0, PLX_READ_WORKERS, &row->ranks) &&
                plx_fields_int(at, "threads", 0, PLX_READ_WORKERS, &row->threads) &&
                plx_fields_word(at, "state", plx_schema_states, PLX_SCHEMA_STATES, &state) &&
                plx_fields_text(at, "why", row->why, sizeof row->why, false) &&
                plx_fields_int(at, "exit_code", 0, CODE_MOST, &row->exit_code);
    row->state = (plx_compare_state)state;
    return good;
}

static bool read_settings(const plx_place *at, plx_compare_row *row)
{
    plx_place settings = plx_fields_at(at, "settings");
    if (!settings.value)
        return true;
    bool good = plx_fields_is_object(&settings) &&
                plx_fields_text(&settings, "param", row->param, sizeof row->param, false);
    for (size_t f = 0; good && f < PLX_FACTORS; f++)
        good = plx_fields_text(&settings, plx_schema_factors[f], row->level[f],
                               sizeof row->level[f], false);
    return good;
}

/* {"prepare_s": [...], ...}: all parts, or none. */
static bool read_phases(const plx_place *launches, plx_compare_row *row)
{
    plx_place at = plx_fields_at(launches, "phases");
    if (!at.value)
        return true;
    if (!plx_fields_is_object(&at))
        return false;
    row->phases = calloc(row->samples + 1, sizeof *row->phases);
    if (!row->phases)
        return plx_fields_no_memory(&at);
    bool good = true;
    for (size_t part = 0; good && part < PLX_SCHEMA_PARTS; part++) {
        double *values = NULL;
        good =
            plx_fields_reals(&at, plx_schema_parts[part], row->samples, PLX_READ_SECONDS, &values);
        for (size_t i = 0; good && values && i < row->samples; i++)
            *plx_schema_part(&row->phases[i], part) = values[i];
        free(values);
    }
    return good;
}

static bool read_samples(const plx_place *at, int rounds, plx_compare_row *row)
{
    const plx_place launches = plx_fields_at(at, "launches");
    row->samples = (size_t)rounds;
    return plx_fields_reals(at, "samples_s", row->samples, PLX_READ_SECONDS, &row->work_s) &&
           (row->work_s || plx_fields_wrong(at, "is timed but has no samples_s")) &&
           (!launches.value ||
            (plx_fields_is_object(&launches) &&
             plx_fields_reals(&launches, "open_s", row->samples, PLX_READ_SECONDS, &row->open_s) &&
             plx_fields_reals(&launches, "launch_s", row->samples, PLX_READ_SECONDS,
                              &row->launch_s) &&
             read_phases(&launches, row)));
}

/* The launch in the middle: "phases" has the six, what is a part of them stands in the row. */
static bool read_spent(const plx_place *at, plx_compare_row *row)
{
    const plx_place six = plx_fields_at(at, "phases");
    bool good = !six.value || plx_fields_is_object(&six);
    for (size_t part = 0; good && part < PLX_SCHEMA_PARTS; part++) {
        const plx_place *from = part < PLX_SCHEMA_PHASES ? &six : at;
        good = plx_fields_real(from, plx_schema_parts[part], 0, PLX_READ_SECONDS,
                               plx_schema_part(&row->spent, part));
    }
    return good;
}

static bool read_pop(const plx_place *at, plx_compare_pop *pop)
{
    const plx_place factors = plx_fields_at(at, "efficiencies");
    return !factors.value ||
           (plx_fields_is_object(&factors) &&
            plx_fields_real(&factors, "load_balance", 0, PLX_READ_RATIO, &pop->balance) &&
            plx_fields_real(&factors, "serialisation", 0, PLX_READ_RATIO, &pop->serialisation) &&
            plx_fields_real(&factors, "transfer", 0, PLX_READ_RATIO, &pop->transfer) &&
            plx_fields_real(&factors, "computation_scaling", 0, PLX_READ_RATIO, &pop->scaling));
}

static bool read_times(const plx_place *at, plx_compare_row *row)
{
    const double none = (double)NAN;
    row->work.median = row->speedup = row->efficiency = none;
    row->open_median_s = row->launch_median_s = none;
    return plx_fields_real(at, "median_s", 0, PLX_READ_SECONDS, &row->work.median) &&
           plx_fields_interval(at, "ci95_s", &row->work) &&
           plx_fields_real(at, "speedup", 0, PLX_READ_RATIO, &row->speedup) &&
           plx_fields_real(at, "efficiency", 0, PLX_READ_RATIO, &row->efficiency) &&
           plx_fields_real(at, "open_s", 0, PLX_READ_SECONDS, &row->open_median_s) &&
           plx_fields_real(at, "launch_s", 0, PLX_READ_SECONDS, &row->launch_median_s);
}

bool plx_read_row(const plx_place *at, int rounds, plx_compare_row *row)
{
    if (!plx_fields_is_object(at) || !read_shape(at, row) || !read_settings(at, row))
        return false;
    if (row->state != PLX_COMPARE_TIMED)
        return true;
    if (!read_times(at, row) || !read_samples(at, rounds, row))
        return false;
    if (isnan(row->work.median))
        return plx_fields_wrong(at, "is timed but has no median_s");
    return read_spent(at, row) && read_pop(at, &row->pop);
}
