/* SPDX-License-Identifier: MIT */
/*
 * compare/report/report_text.c: the report that people read: one header, one table, then sentences.
 *
 * All times of work in a table have one unit, the one that suits serial's, so that columns
 * compare. Work is the pattern call alone; start-up stands in a column of its own (the process's
 * launch, mpirun included, and opening the team), because a long job pays it once and a short one
 * pays little else.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report/causes.h"
#include "compare/compare.h"
#include "compare/report/limits.h"
#include "compare/report/report_phases.h"
#include "compare/report/table.h"
#include "compare/report/unit.h"
#include "compare/report/wrap.h"

typedef char cell[PLX_TABLE_CELL];
static void write_titles(cell *cells, const char *unit)
{
    static const char *const titles[] = {"model",    "ranks x threads", "",         "95 % interval",
                                         "speed-up", "effic.",          "start, s", "agrees"};
    for (size_t c = 0; c < sizeof titles / sizeof *titles; c++)
        snprintf(cells[c], PLX_TABLE_CELL, "%s", titles[c]);
    snprintf(cells[2], PLX_TABLE_CELL, "work, %s", unit);
}

static void write_row(cell *cells, const plx_compare_row *row, double per_s)
{
    static const char *const agrees[] = {[PLX_COMPARE_TIMED] = "yes",
                                         [PLX_COMPARE_DIFFERS] = "NO",
                                         [PLX_COMPARE_MISSING] = "absent",
                                         [PLX_COMPARE_FAILED] = "failed"};
    snprintf(cells[0], PLX_TABLE_CELL, "%s", row->label);
    snprintf(cells[1], PLX_TABLE_CELL, "%d x %d", row->ranks, row->threads);
    snprintf(cells[7], PLX_TABLE_CELL, "%s", agrees[row->state]);
    for (size_t c = 2; c < 7; c++)
        snprintf(cells[c], PLX_TABLE_CELL, "-");
    if (row->state != PLX_COMPARE_TIMED)
        return;
    snprintf(cells[2], PLX_TABLE_CELL, "%#.4g", row->work.median * per_s);
    if (row->work.known)
        snprintf(cells[3], PLX_TABLE_CELL, "%#.4g .. %#.4g", row->work.low * per_s,
                 row->work.high * per_s);
    snprintf(cells[4], PLX_TABLE_CELL, "%.2f", row->speedup);
    snprintf(cells[5], PLX_TABLE_CELL, "%.0f %%", 100 * row->efficiency);
    snprintf(cells[6], PLX_TABLE_CELL, "%.3f", row->launch_median_s + row->open_median_s);
}

static void write_table(const plx_compare_result *result, FILE *out)
{
    plx_table table = {.rows = result->rows_count + 1};
    table.cells = calloc(table.rows, sizeof *table.cells);
    if (!table.cells) {
        fputs("(no memory for the table)\n", out);
        return;
    }
    const char *unit;
    const double per_s = plx_unit_choose(result->rows[result->base].work.median, &unit);
    write_titles(table.cells[0], unit);
    for (size_t r = 0; r < result->rows_count; r++)
        write_row(table.cells[r + 1], &result->rows[r], per_s);
    plx_table_write(&table, out);
    free(table.cells);
}

/* Only what this table shows is claimed. */
static void write_waiting(const plx_compare_result *result, FILE *out)
{
    const int cores = result->host.cores, workers = result->about.workers;
    double best = 0;
    for (size_t r = 0; r < result->rows_count; r++)
        if (result->rows[r].state == PLX_COMPARE_TIMED && result->rows[r].speedup > best)
            best = result->rows[r].speedup;
    if (!result->about.waits)
        return;
    if (workers > cores && best > cores)
        fprintf(out,
                "This kernel waits more than it computes, so more workers than cores pay:\n"
                "%d workers on %d core%s, up to %.1f times serial.\n",
                workers, cores, cores == 1 ? "" : "s", best);
    else
        fputs("This kernel waits more than it computes: more workers than cores (-w) may pay.\n",
              out);
}

static void write_head(const plx_compare_result *result, FILE *out)
{
    const plx_compare_about *about = &result->about;
    fprintf(out, "%s, %s, n = %s, %d worker%s, %d round%s of %d call%s", about->kernel,
            about->pattern, about->n, about->workers, about->workers == 1 ? "" : "s",
            result->rounds, result->rounds == 1 ? "" : "s", about->repeats,
            about->repeats == 1 ? "" : "s");
    if (result->end == PLX_COMPARE_NARROW)
        fputs(", until the intervals were narrow", out);
    else if (result->end == PLX_COMPARE_BUDGET)
        fprintf(out, ", until the budget of %.3g s was used", result->budget_s);
    putc('\n', out);
    if (about->n_chosen)
        fputs("\n(n was not told: it grew until serial took about 0.1 s, or as far as it may)\n",
              out);
    putc('\n', out);
}

/* Sentences are made as they come and broken into lines here, once for all. */
static void write_wrapped(const plx_compare_result *result,
                          void (*say)(const plx_compare_result *, FILE *), FILE *out)
{
    char *text = NULL;
    size_t size;
    FILE *into = open_memstream(&text, &size);
    if (into)
        say(result, into);
    if (into && fclose(into) == 0)
        plx_wrap_write(text, out);
    else
        fputs("(no memory for these sentences)\n", out);
    free(text);
}

static void write_verdict(const plx_compare_result *result, FILE *out)
{
    if (result->text)
        fputs(result->text, out);
    plx_limits_write(result, out);
    write_waiting(result, out);
}

void plx_compare_write_text(const plx_compare_result *result, FILE *out)
{
    write_wrapped(result, write_head, out);
    write_table(result, out);
    putc('\n', out);
    write_wrapped(result, write_verdict, out);
    plx_report_phases_write(result, out);
    write_wrapped(result, plx_causes_write, out);
}

static void write_environment(const char *title, const char *variables, FILE *out)
{
    char text[320];
    if (!*variables)
        return;
    snprintf(text, sizeof text, "%s: %s\n", title, variables);
    plx_wrap_write(text, out);
}

void plx_compare_write_host(const plx_compare_host *host, FILE *out)
{
    char text[1024];
    snprintf(text, sizeof text,
             "Host: %s, %d core%s, %s, %s, %s, OMP_WAIT_POLICY %s, load %.*s before\n",
             *host->cpu ? host->cpu : "unknown CPU", host->cores, host->cores == 1 ? "" : "s",
             host->os, host->compiler, *host->mpi ? host->mpi : "no MPI", host->wait_policy,
             *host->load ? (int)strcspn(host->load, " ") : 7, *host->load ? host->load : "unknown");
    plx_wrap_write(text, out);
    write_environment("Environment", host->kept, out);
    write_environment("Taken out of the environment", host->removed, out);
}
