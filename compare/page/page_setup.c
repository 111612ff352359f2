/* SPDX-License-Identifier: MIT */
/* compare/page/page_setup.c: how and where it ran, and all numbers folded away below it. */
#include <math.h>
#include <string.h>

#include "compare/page/page_parts.h"
#include "compare/page/page_text.h"
#include "compare/page/plot_draw.h"
#include "compare/report/schema.h"

/* A line of the list; nothing for what is not known. */
static void write_fact(const char *name, const char *value, FILE *out)
{
    if (!value || !*value)
        return;
    plx_page_tag("dt", name, out);
    plx_page_tag("dd", value, out);
}

static void write_seconds(const char *name, double seconds, FILE *out)
{
    char text[40];
    snprintf(text, sizeof text, "%.4g s", seconds);
    write_fact(name, seconds > 0 ? text : "", out);
}

static void write_count(const char *name, int count, FILE *out)
{
    char text[24];
    snprintf(text, sizeof text, "%d", count);
    write_fact(name, text, out);
}

static void write_plan(const plx_compare_result *result, FILE *out)
{
    static const char *const ends[] = {[PLX_COMPARE_ROUNDS] = "as many rounds as told",
                                       [PLX_COMPARE_NARROW] = "the intervals were narrow enough",
                                       [PLX_COMPARE_BUDGET] = "the budget was used up"};
    const plx_compare_about *about = &result->about;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)about->seed);
    write_fact("items (n)", about->n, out);
    write_fact("items a block", about->grain, out);
    write_fact("parameters", about->params, out);
    write_count("workers", about->workers, out);
    write_count("rounds", result->rounds, out);
    write_count("calls a launch", about->repeats, out);
    write_fact("ended because", ends[result->end], out);
    write_seconds("budget", result->budget_s, out);
    write_seconds("rounds took", result->took_s, out);
    write_fact("seed of order and input", seed, out);
}

static void write_load(const plx_compare_load *load, FILE *out)
{
    char text[200];
    if (load->during < 0 && load->before < 0)
        return;
    snprintf(text, sizeof text, "%.2g cores before, %.2g on average, at most %.2g%s%s",
             fmax(0, load->before), fmax(0, load->during), fmax(0, load->most),
             *load->where ? " in " : "", load->where);
    write_fact("other processes", text, out);
}

static void write_host(const plx_compare_host *host, FILE *out)
{
    write_fact("processor", host->cpu, out);
    write_count("cores", host->cores, out);
    write_fact("system", host->os, out);
    write_fact("compiler", host->compiler, out);
    write_fact("MPI", host->mpi, out);
    write_fact("OMP_WAIT_POLICY", host->wait_policy, out);
    write_fact("environment", host->kept, out);
    write_fact("taken out of the environment", host->removed, out);
    write_fact("governor", host->governor, out);
    write_fact("load average before", host->load, out);
    write_fact("parallax", host->version, out);
}

/* What rows were told beside their model, if any was told anything. */
static void write_told(const plx_compare_result *result, FILE *out)
{
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        char text[320] = "";
        for (size_t f = 0; f < PLX_FACTORS; f++)
            if (*row->level[f]) {
                const size_t used = strlen(text);
                snprintf(text + used, sizeof text - used, "%s%s %s", used ? ", " : "",
                         plx_schema_factors[f], row->level[f]);
            }
        if (*row->param) {
            const size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "", row->param);
        }
        write_fact(row->label, text, out);
    }
}

void plx_page_setup(const plx_compare_result *result, const char *title, const char *name,
                    FILE *out)
{
    fprintf(out, "<h2>%s</h2>\n<dl>\n", title);
    write_fact("file", name, out);
    write_plan(result, out);
    write_told(result, out);
    write_host(&result->host, out);
    write_load(&result->load, out);
    fputs("</dl>\n", out);
}

static void begin_table(const char *summary, FILE *out)
{
    fprintf(out,
            "<details>\n<summary>%s</summary>\n<div class=\"box\" tabindex=\"0\" role=\"region\" "
            "aria-label=\"%s\">\n<table>\n<thead><tr>",
            summary, summary);
}

static void end_table(FILE *out)
{
    fputs("</tbody>\n</table>\n</div>\n</details>\n", out);
}

static void write_heads(const char *const *heads, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++)
        plx_page_tag("th scope=\"col\"", heads[i], out);
    fputs("</tr></thead>\n<tbody>\n", out);
}

static void write_share(double value, FILE *out)
{
    fprintf(out, value > 0 && isfinite(value) ? "<td>%.3f</td>" : "<td>-</td>", value);
}

static void write_phases(const plx_compare_result *result, FILE *out)
{
    static const char *const heads[] = {"model",         "prepare",  "hand-out",     "compute",
                                        "imbalance",     "collect",  "other",        "load balance",
                                        "serialisation", "transfer", "comp. scaling"};
    if (!plx_plot_has_phases(result))
        return;
    begin_table("Phases in ms, and factors of the efficiency", out);
    write_heads(heads, sizeof heads / sizeof *heads, out);
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        if (row->state != PLX_COMPARE_TIMED)
            continue;
        fputs("<tr>", out);
        plx_page_tag("th scope=\"row\"", row->label, out);
        for (size_t p = 0; p < PLX_SCHEMA_PHASES; p++)
            fprintf(out, "<td>%.4g</td>", 1e3 * plx_schema_part_of(&row->spent, p));
        write_share(row->pop.balance, out);
        write_share(row->pop.serialisation, out);
        write_share(row->pop.transfer, out);
        write_share(row->pop.scaling, out);
        fputs("</tr>\n", out);
    }
    end_table(out);
}

static void write_pairs(const plx_compare_result *result, FILE *out)
{
    static const char *const heads[] = {"pair", "outcome", "ratio of times", "interval",
                                        "difference that could be found"};
    if (result->pairs_count == 0)
        return;
    begin_table("Each pair", out);
    write_heads(heads, sizeof heads / sizeof *heads, out);
    for (size_t i = 0; i < result->pairs_count; i++) {
        const plx_compare_pair *pair = &result->pairs[i];
        fputs("<tr><th scope=\"row\">", out);
        plx_page_text(result->rows[pair->a].label, out);
        fputs(" beside ", out);
        plx_page_text(result->rows[pair->b].label, out);
        fprintf(out, "</th><td>%s</td><td>%.4f</td>",
                pair->ratio.known ? plx_schema_outcomes[pair->outcome] : "too few rounds",
                pair->ratio.median);
        if (pair->ratio.known)
            fprintf(out, "<td>%.4f .. %.4f</td><td>%.1f %%</td></tr>\n", pair->ratio.low,
                    pair->ratio.high, 100 * pair->detectable);
        else
            fputs("<td>-</td><td>-</td></tr>\n", out);
    }
    end_table(out);
}

static void write_launches(const plx_compare_result *result, FILE *out)
{
    begin_table("All launches: work in ms", out);
    fputs("<th scope=\"col\">round</th>", out);
    for (size_t r = 0; r < result->rows_count; r++)
        if (result->rows[r].state == PLX_COMPARE_TIMED)
            plx_page_tag("th scope=\"col\"", result->rows[r].label, out);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < (size_t)result->rounds; i++) {
        fprintf(out, "<tr><th scope=\"row\">%zu</th>", i + 1);
        for (size_t r = 0; r < result->rows_count; r++)
            if (result->rows[r].state == PLX_COMPARE_TIMED)
                fprintf(out, "<td>%.5g</td>", 1e3 * result->rows[r].work_s[i]);
        fputs("</tr>\n", out);
    }
    end_table(out);
}

static void write_order(const plx_compare_result *result, FILE *out)
{
    fputs("<details>\n<summary>Order of the launches</summary>\n<p>", out);
    for (size_t i = 0; i < result->order_count; i++) {
        fputs(i ? ", " : "", out);
        plx_page_text(result->rows[result->order[i]].label, out);
    }
    fputs("</p>\n</details>\n", out);
}

void plx_page_details(const plx_compare_result *result, FILE *out)
{
    write_phases(result, out);
    write_pairs(result, out);
    write_launches(result, out);
    write_order(result, out);
}
