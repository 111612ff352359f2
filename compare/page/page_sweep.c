/* SPDX-License-Identifier: MIT */
/* compare/page/page_sweep.c: a sweep's section: what it says, its curves, each point's table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/page/page_parts.h"
#include "compare/page/page_text.h"
#include "compare/page/plot_draw.h"
#include "compare/sweep/sweep.h"

enum { CURVES_MOST = 256 };

/* Every label that was timed beside the base at some point, in the order of first appearance. */
static size_t find_labels(const plx_show *show, const char *labels[CURVES_MOST])
{
    size_t count = 0;
    for (size_t p = 0; p < show->count; p++) {
        const plx_compare_result *at = &show->results[p];
        for (size_t r = 0; r < at->rows_count && count < CURVES_MOST; r++) {
            size_t c = 0;
            while (c < count && strcmp(labels[c], at->rows[r].label) != 0)
                c++;
            if (c == count && at->rows[r].state == PLX_COMPARE_TIMED && r != at->base)
                labels[count++] = at->rows[r].label;
        }
    }
    return count;
}

static bool has_ceiling(const plx_show *show)
{
    bool known = false;
    for (size_t p = 0; p < show->count; p++)
        known = known || show->results[p].bound.copies > 0;
    return known;
}

static void write_legend(const plx_show *show, const char *const *labels, size_t count, FILE *out)
{
    fputs("<ul class=\"legend\">\n", out);
    for (size_t c = 0; c < count; c++) {
        fprintf(out,
                "<li><svg viewBox=\"-1.5 -1.5 3 3\" aria-hidden=\"true\"><use href=\"#gpPt%d\" "
                "color=\"var(--c%d)\"/></svg>",
                plx_plot_symbol(c) - 1, plx_plot_curve(c));
        plx_page_text(labels[c], out);
        fputs("</li>\n", out);
    }
    fputs("<li><svg class=\"dash\" viewBox=\"0 0 24 10\" aria-hidden=\"true\"><path d=\"M0,5h24\" "
          "stroke=\"var(--c9)\" stroke-width=\"2\" stroke-dasharray=\"5 3\"/></svg>ideal</li>\n",
          out);
    if (has_ceiling(show))
        fputs("<li><svg class=\"dash\" viewBox=\"0 0 24 10\" aria-hidden=\"true\"><path "
              "d=\"M0,5h24\" "
              "stroke=\"var(--c8)\" stroke-width=\"2\" stroke-dasharray=\"6 2 2 2\"/></svg>ceiling "
              "of "
              "this machine</li>\n",
              out);
    fputs("</ul>\n", out);
}

static void write_cell(const plx_show *show, size_t point, const char *label, FILE *out)
{
    const plx_compare_row *row = plx_plot_row(&show->results[point], label);
    if (!row || !isfinite(row->speedup)) {
        fputs("<td>-</td>", out);
        return;
    }
    const plx_interval ratio = plx_plot_ratio(&show->results[point], row);
    const int digits = ratio.median < 0.1 ? 4 : 2;
    fprintf(out, "<td>%.*f", digits, ratio.median);
    if (ratio.known)
        fprintf(out, " (%.*f .. %.*f)", digits, ratio.low, digits, ratio.high);
    fputs("</td>", out);
}

static void write_table(const plx_show *show, const char *const *labels, size_t count, FILE *out)
{
    fputs("<h3 class=\"table\">Speed-up over serial</h3>\n<div class=\"box\" tabindex=\"0\" "
          "role=\"region\" aria-label=\"Speed-up at each point\">\n<table>\n<thead><tr>",
          out);
    plx_page_tag("th scope=\"col\"", show->axis, out);
    for (size_t c = 0; c < count; c++)
        plx_page_tag("th scope=\"col\"", labels[c], out);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t p = 0; p < show->count; p++) {
        fprintf(out, "<tr><th scope=\"row\">%.10g%s</th>", show->points[p],
                plx_sweep_beyond(&show->results[p]) ? " *" : "");
        for (size_t c = 0; c < count; c++)
            write_cell(show, p, labels[c], out);
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table>\n</div>\n", out);
}

static void write_plots(plx_plot *plot, const plx_show *show, const char *const *labels,
                        size_t count)
{
    fputs("<div class=\"plots\">\n<figure>\n<figcaption><h3>Speed-up</h3>Serial's time over each "
          "model's, at the same point; bars are the paired intervals.</figcaption>\n",
          plot->page);
    plx_plot_speedup(plot, show, labels, count);
    write_legend(show, labels, count, plot->page);
    fputs("</figure>\n<figure>\n<figcaption><h3>Efficiency</h3>The same, divided by the workers."
          "</figcaption>\n",
          plot->page);
    plx_plot_efficiency(plot, show, labels, count);
    write_legend(show, labels, count, plot->page);
    fputs("</figure>\n</div>\n", plot->page);
}

static void write_points(const plx_show *show, FILE *out)
{
    fputs("<h2>Each point</h2>\n", out);
    for (size_t p = 0; p < show->count; p++) {
        fprintf(out, "<details>\n<summary>%s = %.10g</summary>\n", show->axis, show->points[p]);
        plx_page_verdict(&show->results[p], out);
        plx_page_table(&show->results[p], out);
        plx_page_causes(&show->results[p], out);
        plx_page_details(&show->results[p], out);
        fputs("</details>\n", out);
    }
}

/* What is the same at every point, then the points. */
static void write_what(const plx_show *show, FILE *out)
{
    const plx_compare_about *about = &show->results[0].about;
    if (strcmp(show->axis, "workers") == 0) {
        fputs(*about->n ? ", n = " : "", out);
        plx_page_text(about->n, out);
    } else {
        fprintf(out, ", %d worker%s", about->workers, about->workers == 1 ? "" : "s");
    }
    fprintf(out, ", %zu points of %s", show->count, show->axis);
    if (show->budget_s > 0)
        fprintf(out, " in a budget of %g s", show->budget_s);
}

void plx_page_sweep(plx_plot *plot, const plx_show *show, const char *name)
{
    const char *labels[CURVES_MOST];
    const size_t count = find_labels(show, labels);
    fprintf(plot->page, "<p class=\"what\">");
    plx_page_text(show->results[0].about.pattern, plot->page);
    write_what(show, plot->page);
    fputs("</p>\n<div class=\"verdict\">\n", plot->page);
    plx_page_sentences(show->text ? show->text : "", plot->page);
    fputs("</div>\n", plot->page);
    write_table(show, labels, count, plot->page);
    write_plots(plot, show, labels, count);
    write_points(show, plot->page);
    plx_page_setup(&show->results[0], "Set-up of the first point", name, plot->page);
}
