/* SPDX-License-Identifier: MIT */
/*
 * compare/report/report_csv.c: one line a launch, for spreadsheets and data frames.
 *
 * Quoting is RFC 4180's: a text with a comma, a quote or a line break stands in quotes, in which a
 * quote is doubled. What was not measured is empty. A text that a spreadsheet would take for a
 * formula gets a blank before it.
 */
#include <math.h>
#include <string.h>

#include "compare/report/schema.h"
#include "compare/report/show.h"

static void write_text(const char *text, FILE *out)
{
    const char *blank = *text && strchr("=+-@", *text) ? " " : "";
    if (!strpbrk(text, ",\"\r\n")) {
        fprintf(out, "%s%s,", blank, text);
        return;
    }
    fprintf(out, "\"%s", blank);
    for (; *text; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputs("\",", out);
}

/* As many digits as read back to the same value. */
static void write_real(const double *value, char end, FILE *out)
{
    if (value && isfinite(*value))
        fprintf(out, "%.17g", *value);
    putc(end, out);
}

static void write_launch(const plx_compare_about *about, const plx_compare_row *row, size_t i,
                         FILE *out)
{
    write_text(about->kernel, out);
    write_text(about->pattern, out);
    write_text(about->n, out);
    write_text(row->label, out);
    write_text(row->model, out);
    fprintf(out, "%d,%d,%d,%zu,", row->ranks, row->threads, row->workers, i + 1);
    write_real(&row->work_s[i], ',', out);
    write_real(row->open_s ? &row->open_s[i] : NULL, ',', out);
    write_real(row->launch_s ? &row->launch_s[i] : NULL, ',', out);
    for (size_t part = 0; part < PLX_SCHEMA_PARTS; part++) {
        double value = row->phases ? plx_schema_part_of(&row->phases[i], part) : (double)NAN;
        write_real(&value, part + 1 < PLX_SCHEMA_PARTS ? ',' : '\n', out);
    }
}

void plx_show_csv(const plx_compare_result *results, size_t count, FILE *out)
{
    fputs("kernel,pattern,n,label,model,ranks,threads,workers,round,work_s,open_s,launch_s", out);
    for (size_t part = 0; part < PLX_SCHEMA_PARTS; part++)
        fprintf(out, ",%s", plx_schema_parts[part]);
    putc('\n', out);
    for (size_t c = 0; c < count; c++)
        for (size_t r = 0; r < results[c].rows_count; r++) {
            const plx_compare_row *row = &results[c].rows[r];
            for (size_t i = 0; row->state == PLX_COMPARE_TIMED && i < row->samples; i++)
                write_launch(&results[c].about, row, i, out);
        }
}
