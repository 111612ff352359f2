/* SPDX-License-Identifier: MIT */
/* compare/page/page_parts.c: what is read first: verdict, table, plots, causes. */
#define _POSIX_C_SOURCE 200809L
#include "compare/page/page_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report/causes.h"
#include "compare/report/limits.h"
#include "compare/page/page_text.h"
#include "compare/page/plot_draw.h"
#include "compare/report/schema.h"
#include "compare/report/unit.h"

static bool explains(const char *line)
{
    static const char *const begins[] = {"Base: ", "Ratios are ", "A better serial method",
                                         "Points with "};
    bool does = false;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        does = does || strncmp(line, begins[i], strlen(begins[i])) == 0;
    return does;
}

/* Those lines of which the filter, if there is one, says the same. */
static void write_lines(const char *text, const char *tag, const bool *explaining, FILE *out)
{
    while (*text) {
        const size_t size = strcspn(text, "\n");
        const bool wanted = !explaining || explains(text) == *explaining;
        char *line = size && wanted ? strndup(text, size) : NULL;
        if (line)
            plx_page_tag(tag, line, out);
        free(line);
        text += size + (text[size] == '\n');
    }
}

void plx_page_sentences(const char *text, FILE *out)
{
    const bool first = false, last = true;
    write_lines(text, "p", &first, out);
    write_lines(text, "p", &last, out);
}

static void write_what(const plx_compare_result *result, FILE *out)
{
    const plx_compare_about *about = &result->about;
    fputs("<p class=\"what\">", out);
    plx_page_text(about->pattern, out);
    if (*about->n)
        fprintf(out, ", n = %s%s", about->n, about->n_chosen ? " (by how long serial takes)" : "");
    fprintf(out, ", %d worker%s, %d round%s of %d call%s</p>\n", about->workers,
            about->workers == 1 ? "" : "s", result->rounds, result->rounds == 1 ? "" : "s",
            about->repeats, about->repeats == 1 ? "" : "s");
}

void plx_page_verdict(const plx_compare_result *result, FILE *out)
{
    const bool bad = plx_compare_exit(result) != 0;
    write_what(result, out);
    fprintf(out, "<div class=\"verdict%s\">\n", bad ? " bad" : "");
    plx_page_sentences(result->text, out);
    fputs("</div>\n", out);
}

static void write_number(const char *format, double value, FILE *out)
{
    fputs("<td>", out);
    if (isfinite(value))
        fprintf(out, format, value);
    else
        fputs("-", out);
    fputs("</td>", out);
}

static void write_timed(const plx_compare_row *row, double per_s, FILE *out)
{
    write_number("%#.4g", row->work.median * per_s, out);
    if (row->work.known)
        fprintf(out, "<td>%#.4g .. %#.4g</td>", row->work.low * per_s, row->work.high * per_s);
    else
        fputs("<td>-</td>", out);
    write_number("%.2f", row->speedup, out);
    write_number("%.0f %%", 100 * row->efficiency, out);
    write_number("%.3f", row->launch_median_s + row->open_median_s, out);
    fprintf(out, "<td>%d &times; %d</td><td class=\"l\">yes</td>", row->ranks, row->threads);
}

static void write_row(const plx_compare_result *result, const plx_compare_row *row, double per_s,
                      FILE *out)
{
    static const char *const words[] = {[PLX_COMPARE_DIFFERS] = "<b>different answer</b>",
                                        [PLX_COMPARE_MISSING] = "not available",
                                        [PLX_COMPARE_FAILED] = "failed"};
    fprintf(out, "<tr%s><th scope=\"row\">",
            row == &result->rows[result->base] ? " class=\"base\"" : "");
    plx_page_text(row->label, out);
    fputs("</th>", out);
    if (row->state == PLX_COMPARE_TIMED) {
        write_timed(row, per_s, out);
    } else {
        fprintf(out, "<td class=\"w\" colspan=\"7\">%s: ", words[row->state]);
        plx_page_text(row->why, out);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

void plx_page_table(const plx_compare_result *result, FILE *out)
{
    const char *unit;
    const double per_s = plx_unit_choose(result->rows[result->base].work.median, &unit);
    fprintf(out,
            "<h3 class=\"table\">Work and start-up</h3>\n<div class=\"box\" tabindex=\"0\" "
            "role=\"region\" aria-label=\"Table of models\">\n<table>\n<thead><tr>"
            "<th scope=\"col\">model</th>"
            "<th scope=\"col\">work, %s</th><th scope=\"col\">95 %% interval</th>"
            "<th scope=\"col\">speed-up</th><th scope=\"col\">efficiency</th>"
            "<th scope=\"col\">start, s</th><th scope=\"col\">ranks &times; threads</th>"
            "<th scope=\"col\" class=\"l\">agrees</th></tr></thead>\n"
            "<tbody>\n",
            unit);
    for (size_t r = 0; r < result->rows_count; r++)
        write_row(result, &result->rows[r], per_s, out);
    fputs("</tbody>\n</table>\n</div>\n", out);
}

static void write_phase_legend(FILE *out)
{
    fputs("<ul class=\"legend\">\n", out);
    for (int p = 0; p < PLX_SCHEMA_PHASES; p++)
        fprintf(out,
                "<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><path d=\"M0,0h1v1h-1z\" "
                "fill=\"var(--c%d)\"/></svg>%s</li>\n",
                p + 1, plx_schema_phases[p]);
    fputs("</ul>\n", out);
}

void plx_page_plots(plx_plot *plot, const plx_compare_result *result)
{
    fputs(
        "<div class=\"plots\">\n<figure>\n<figcaption><h3>All launches of each model</h3>"
        "One circle is one launch, in the order of rounds from below; the line is the median, the "
        "band its 95 % interval.</figcaption>\n",
        plot->page);
    plx_plot_spread(plot, result);
    fputs("</figure>\n", plot->page);
    if (plx_plot_has_phases(result)) {
        fputs("<figure>\n<figcaption><h3>Where the time went</h3>The launch in the middle of each "
              "model, as the mean of its workers; the parts add up to the time of the call."
              "</figcaption>\n",
              plot->page);
        plx_plot_phases(plot, result);
        write_phase_legend(plot->page);
        fputs("</figure>\n", plot->page);
    }
    fputs("</div>\n", plot->page);
}

void plx_page_causes(const plx_compare_result *result, FILE *out)
{
    char *text = NULL;
    size_t size;
    FILE *into = open_memstream(&text, &size);
    if (!into)
        return;
    plx_limits_write(result, into);
    plx_causes_write(result, into);
    if (fclose(into) == 0 && size > 0) {
        fputs("<h2>Bounds and causes</h2>\n<ul class=\"why\">\n", out);
        write_lines(text, "li", NULL, out);
        fputs("</ul>\n", out);
    }
    free(text);
}
