/* SPDX-License-Identifier: MIT */
/*
 * cli/compare_sweep.c: the points of a sweep as they are typed, and its report printed.
 *
 * Points are read before anything is compiled or launched: a sweep takes minutes, and a slip in
 * its last number should not.
 */
#include "compare_sweep.h"

#include <stdlib.h>
#include <string.h>

#include "compare/report/show.h"
#include "error.h"
#include "json.h"
#include "number.h"

#define WAYS "workers=1..8, n=1e4..1e9 or n=1e4,5e4,2e6"

enum { WORD = 40, WORKERS_MOST = 65536 };

static int refuse(const char *text, const char *why)
{
    return plx_cli_error(PLX_EXIT_USAGE, "--sweep %s: %s", text, why);
}

/* "workers=" or "n=": *rest is what follows. */
static int read_axis(const char *text, plx_sweep_axis *axis, const char **rest)
{
    for (int i = 0; i < PLX_SWEEP_AXES; i++) {
        const char *name = plx_sweep_axis_name((plx_sweep_axis)i);
        const size_t size = strlen(name);
        if (strncmp(text, name, size) == 0 && text[size] == '=') {
            *axis = (plx_sweep_axis)i;
            *rest = text + size + 1;
            return 0;
        }
    }
    return refuse(text, "allowed: " WAYS);
}

/* The number of text[0, size). */
static int read_number(const char *text, size_t size, plx_sweep_axis axis, size_t *number)
{
    char word[WORD] = "";
    const uint64_t most = axis == PLX_SWEEP_WORKERS ? WORKERS_MOST : PLX_CLI_COUNT_MAX;
    uint64_t value = 0;
    memcpy(word, text, size < WORD - 1 ? size : WORD - 1);
    if (size >= WORD || !plx_cli_whole(word, &value) || value < 1 || value > most)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--sweep %s: '%s' is no whole number from 1 to %llu; allowed: " WAYS,
                             plx_sweep_axis_name(axis), word, (unsigned long long)most);
    *number = (size_t)value;
    return 0;
}

static int read_range(const char *text, const char *rest, plx_sweep_points *points)
{
    const char *dots = strstr(rest, "..");
    size_t low = 0, high = 0;
    int code = read_number(rest, (size_t)(dots - rest), points->axis, &low);
    if (code == 0)
        code = read_number(dots + 2, strlen(dots + 2), points->axis, &high);
    if (code != 0)
        return code;
    if (low > high)
        return refuse(text, "the range runs backwards; the smaller number stands first");
    points->count = plx_sweep_grid(points->axis, low, high, points->at);
    return 0;
}

static int read_list(const char *text, const char *rest, plx_sweep_points *points)
{
    for (;;) {
        const size_t size = strcspn(rest, ",");
        size_t number = 0;
        int code = read_number(rest, size, points->axis, &number);
        if (code != 0)
            return code;
        if (points->count > 0 && points->count <= PLX_SWEEP_MOST &&
            number <= points->at[points->count - 1])
            return refuse(text, "the numbers of a list must rise");
        if (points->count < PLX_SWEEP_MOST)
            points->at[points->count] = number;
        points->count++;
        if (rest[size] == '\0')
            return 0;
        rest += size + 1;
    }
}

int plx_cli_set_sweep(const plx_cli_option *option, void *field, const char *text)
{
    plx_sweep_points *points = &((plx_cli_sweep *)field)->points;
    const char *rest = text;
    (void)option;
    int code = read_axis(text, &points->axis, &rest);
    if (code == 0)
        code = strstr(rest, "..") ? read_range(text, rest, points) : read_list(text, rest, points);
    if (code == 0 && points->count > PLX_SWEEP_MOST)
        return plx_cli_error(PLX_EXIT_USAGE, "--sweep %s: %zu points; allowed: up to %d", text,
                             points->count, PLX_SWEEP_MOST);
    if (code == 0 && points->count < 2)
        return plx_cli_error(PLX_EXIT_USAGE, "--sweep %s: one point is no sweep; give it by %s",
                             text, points->axis == PLX_SWEEP_WORKERS ? "-w" : "-n");
    return code;
}

int plx_cli_sweep_print(const plx_compare_plan *plan, const plx_cli_sweep *asked, bool json,
                        bool csv)
{
    plx_sweep_result sweep;
    char why[320];
    int code = plx_sweep(plan, &asked->points, &sweep, why);
    if (code != 0) {
        code = why[0] ? plx_cli_error(code, "%s", why) : code;
    } else if (json) {
        code = plx_cli_json_line(plx_sweep_json(&sweep));
    } else if (csv) {
        plx_show_csv(sweep.at, sweep.done, stdout);
    } else {
        plx_compare_write_host(&sweep.at[sweep.done - 1].host, stdout);
        putchar('\n');
        plx_sweep_write_text(&sweep, stdout);
    }
    if (code == 0)
        code = plx_sweep_exit(&sweep);
    plx_sweep_free(&sweep);
    return code;
}

int plx_cli_metg_print(const plx_compare_plan *plan, bool json)
{
    plx_metg_result metg;
    char why[320];
    int code = plx_metg(plan, &metg, why);
    if (code != 0) {
        code = why[0] ? plx_cli_error(code, "%s", why) : code;
    } else if (json) {
        code = plx_cli_json_line(plx_metg_json(&metg));
    } else {
        plx_compare_write_host(&metg.host, stdout);
        putchar('\n');
        plx_metg_write_text(&metg, stdout);
    }
    if (code == 0)
        code = plx_metg_exit(&metg);
    plx_metg_free(&metg);
    return code;
}
