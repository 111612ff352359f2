/* SPDX-License-Identifier: MIT */
/*
 * report_fuzz.c: any bytes are a report or a line that says why not; what was taken can be shown in
 * every way, and its JSON reads back to itself.
 *
 * gnuplot is left out: a drawing is only its script, which is written all the same.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/page/plot.h"
#include "compare/report/show.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const char *, size_t);

/* In place of compare/page/plot.c. */
void plx_plot_draw(plx_plot *plot, const char *script, int width, int height, const char *title,
                   const char *words)
{
    must(strlen(script) > 0 && strlen(title) > 0 && words != NULL && width > 0 && height > 0);
    plot->drawn++;
}

const char *plx_plot_colour(int number)
{
    must(number > 0 && number <= PLX_PLOT_COLOURS);
    return "'#000000'";
}

int plx_plot_curve(size_t curve)
{
    return 1 + (int)(curve % 7);
}

int plx_plot_symbol(size_t curve)
{
    return 1 + (int)(curve % 9);
}

void plx_plot_symbols(FILE *page)
{
    putc('\n', page);
}

/* In place of core: what the reports ask of the library. */
const char *plx_version(void)
{
    return "0";
}

int plx_status_exit(plx_status status)
{
    return status == PLX_MISMATCH ? 78 : 71;
}

/* A sweep could measure; nothing here asks for it. */
int plx_compare(const plx_compare_plan *plan, plx_compare_result *result, char why[320])
{
    (void)plan;
    (void)result;
    (void)why;
    abort();
}

double plx_launch_now_s(void)
{
    abort();
}

int plx_why_no_memory(char why[320])
{
    (void)why;
    abort();
}

static void check_json(const plx_show *show)
{
    char why[320];
    plx_show again;
    char *once = plx_show_json(show), *twice;
    must(once != NULL);
    must(plx_show_read(once, strlen(once), &again, why) == 0);
    twice = plx_show_json(&again);
    must(twice != NULL && strcmp(once, twice) == 0);
    plx_show_free(&again);
    free(once);
    free(twice);
}

static void check_text(const plx_show *show)
{
    char *text = NULL, why[320];
    size_t size = 0;
    const char *const name = "<script>.json";
    FILE *out = open_memstream(&text, &size);
    must(out != NULL);
    plx_show_text(show, out);
    plx_show_csv(show->results, show->count, out);
    must(fflush(out) == 0);
    for (const char *c = text; *c != '\0'; c++)
        must((unsigned char)*c >= ' ' || *c == '\n');
    rewind(out);
    must(plx_show_page(show, &name, 1, out, why) == 0);
    must(fclose(out) == 0);
    must(strstr(text, "<script") == NULL);
    free(text);
}

int LLVMFuzzerTestOneInput(const char *data, size_t size)
{
    char why[320];
    plx_show show;
    const int code = plx_show_read(data, size, &show, why);
    must(code == 0 || code == 65);
    must((code == 0) == (why[0] == '\0') && strchr(why, '\n') == NULL);
    if (code == 0) {
        check_json(&show);
        check_text(&show);
    }
    plx_show_free(&show);
    return 0;
}
