/* SPDX-License-Identifier: MIT */
/*
 * compare/report/show.c: which kind of report a file holds, and its results.
 *
 * A schema is a name and a major version: another name is not ours, a higher number is from a newer
 * parallax, and what either means is not guessed.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/report/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report/fields.h"
#include "compare/report/read.h"
#include "compare/sweep/sweep.h"

enum { COMPARISONS_MOST = 256 };
static const double POINT_MOST = 9007199254740992.0; /* 2^53: exact as a number of JSON */

typedef enum kind { ONE, SET, SWEEP, KINDS } kind;
static const char *const names[KINDS] = {"parallax.compare/", "parallax.compare-set/",
                                         "parallax.sweep/"};

static bool read_kind(const plx_place *top, kind *found)
{
    char schema[64];
    const plx_place at = plx_fields_at(top, "schema");
    if (!json_is_object(top->value) || !at.value)
        return plx_fields_wrong(top, "is no report of parallax: it names no schema");
    if (!plx_fields_text(top, "schema", schema, sizeof schema, true))
        return false;
    for (*found = 0; *found < KINDS; (*found)++) {
        const size_t size = strlen(names[*found]);
        if (strncmp(schema, names[*found], size) != 0)
            continue;
        if (strcmp(schema + size, "1") == 0)
            return true;
        if (schema[size] && schema[size + strspn(schema + size, "0123456789")] == '\0')
            return plx_fields_wrong(&at, "'%s' is newer than this parallax, which reads %s1",
                                    schema, names[*found]);
    }
    return plx_fields_wrong(&at, "'%s' is none of parallax.compare/1, compare-set/1, sweep/1",
                            schema);
}

/* The objects of an array, or the top itself. */
static bool read_results(const plx_place *top, const plx_place *array, plx_show *show)
{
    const size_t count = array ? json_array_size(array->value) : 1;
    show->results = calloc(count + 1, sizeof *show->results);
    if (!show->results)
        return plx_fields_no_memory(top);
    while (show->count < count) {
        const plx_place at = array ? plx_fields_entry(array, show->count) : *top;
        kind inner;
        plx_compare_result *result = &show->results[show->count++];
        if (array && (!plx_fields_is_object(&at) || !read_kind(&at, &inner)))
            return false;
        if (array && inner != ONE)
            return plx_fields_wrong(&at, "is not one comparison");
        if (!plx_read_result(&at, result))
            return false;
    }
    return true;
}

/* Whole numbers from 1 that rise, one for each comparison. */
static bool read_points(const plx_place *top, plx_show *show)
{
    const plx_place at = plx_fields_at(top, "points");
    if (!plx_fields_reals(top, "points", show->count, POINT_MOST, &show->points))
        return false;
    if (!show->points)
        return plx_fields_wrong(top, "has no points");
    for (size_t i = 0; i < show->count; i++)
        if (show->points[i] < 1 || show->points[i] != floor(show->points[i]) ||
            (i > 0 && show->points[i] <= show->points[i - 1]))
            return plx_fields_wrong(&at, "are no whole numbers from 1 that rise");
    return true;
}

static bool read_sweep(const plx_place *top, plx_show *show)
{
    const char *const axes[PLX_SWEEP_AXES] = {plx_sweep_axis_name(PLX_SWEEP_WORKERS),
                                              plx_sweep_axis_name(PLX_SWEEP_ITEMS)};
    int axis = -1;
    if (!plx_fields_word(top, "axis", axes, PLX_SWEEP_AXES, &axis) || !read_points(top, show) ||
        !plx_fields_real(top, "budget_s", 0, PLX_READ_SECONDS, &show->budget_s) ||
        !plx_fields_long_text(top, "text", true, &show->text))
        return false;
    if (axis < 0)
        return plx_fields_wrong(top, "has no axis");
    show->axis = axes[axis];
    show->json = json_dumps(top->value, JSON_COMPACT);
    return show->json ? true : plx_fields_no_memory(top);
}

static bool read_top(const plx_place *top, plx_show *show)
{
    kind found;
    if (!read_kind(top, &found))
        return false;
    if (found == ONE)
        return read_results(top, NULL, show);
    const plx_place list = plx_fields_at(top, "comparisons");
    if (!plx_fields_is_array(&list, found == SWEEP ? PLX_SWEEP_MOST : COMPARISONS_MOST))
        return false;
    if (json_array_size(list.value) == 0)
        return plx_fields_wrong(&list, "is empty");
    show->set = found == SET;
    return read_results(top, &list, show) && (found == SET || read_sweep(top, show));
}

int plx_show_read(const char *bytes, size_t size, plx_show *show, char why[320])
{
    json_error_t error;
    plx_fields_fault fault = {.why = ""};
    memset(show, 0, sizeof *show);
    json_t *top = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &error);
    const plx_place at = {.value = top, .fault = &fault};
    if (top)
        read_top(&at, show);
    else
        plx_fields_wrong(&at, "no JSON: line %d, column %d: %s", error.line, error.column,
                         error.text);
    fault.memory = fault.memory || (!top && json_error_code(&error) == json_error_out_of_memory);
    json_decref(top);
    memcpy(why, fault.why, sizeof fault.why);
    if (!*why)
        return 0;
    return fault.memory ? plx_status_exit(PLX_NO_MEMORY) : 65;
}

void plx_show_free(plx_show *show)
{
    for (size_t i = 0; i < show->count; i++)
        plx_compare_free(&show->results[i]);
    free(show->results);
    free(show->points);
    free(show->text);
    free(show->json);
    memset(show, 0, sizeof *show);
}

/* Curves, crossovers and fits follow from the points alone, so only the points are read, and judged
   again: what a file claims of them is not repeated. */
static void write_sweep(const plx_show *show, FILE *out)
{
    plx_sweep_result sweep = {.at = show->results, .done = show->count, .budget_s = show->budget_s};
    sweep.points.axis = PLX_SWEEP_WORKERS;
    if (strcmp(show->axis, plx_sweep_axis_name(PLX_SWEEP_ITEMS)) == 0)
        sweep.points.axis = PLX_SWEEP_ITEMS;
    sweep.points.count = show->count;
    for (size_t i = 0; i < show->count; i++)
        sweep.points.at[i] = (size_t)show->points[i];
    plx_compare_write_host(&show->results[show->count - 1].host, out);
    putc('\n', out);
    if (plx_sweep_judge(&sweep))
        plx_sweep_write_text(&sweep, out);
    else
        fputs("(no memory for these sentences)\n", out);
    sweep.at = NULL; /* they are the file's */
    plx_sweep_free(&sweep);
}

void plx_show_text(const plx_show *show, FILE *out)
{
    if (show->axis)
        write_sweep(show, out);
    for (size_t i = 0; !show->axis && i < show->count; i++) {
        if (i == 0)
            plx_compare_write_host(&show->results[i].host, out);
        putc('\n', out);
        plx_compare_write_text(&show->results[i], out);
    }
}

char *plx_show_json(const plx_show *show)
{
    if (show->json)
        return strdup(show->json);
    return show->set ? plx_compare_set_json(show->results, show->count)
                     : plx_compare_json(show->results);
}
