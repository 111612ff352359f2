/* SPDX-License-Identifier: MIT */
/*
 * compare/report/report_phases.c: the second table: where the time went.
 *
 * Shares of each row's own work, so that a row adds up to 100, and beside them the four factors
 * that multiply to its efficiency. Only what was timed is here; it is below 100 columns because
 * the words on top are short, and what they mean stands above them.
 */
#include "compare/report/report_phases.h"

#include <stdlib.h>

#include "compare/report/explain.h"
#include "compare/report/schema.h"
#include "compare/report/table.h"

typedef char cell[PLX_TABLE_CELL];

static bool known(const plx_compare_row *row)
{
    return row->state == PLX_COMPARE_TIMED && plx_explain_total(&row->spent) > 0;
}

/* Padded to its title: the last column stands to the left. */
static void write_factor(cell *cells, size_t column, double factor)
{
    if (factor > 0)
        snprintf(cells[column], PLX_TABLE_CELL, "%7.2f", factor);
    else
        snprintf(cells[column], PLX_TABLE_CELL, "%7s", "-");
}

static void write_row(cell *cells, const plx_compare_row *row)
{
    const plx_compare_phases *spent = &row->spent;
    const double total = plx_explain_total(spent);
    const double factor[] = {row->pop.balance, row->pop.serialisation, row->pop.transfer,
                             row->pop.scaling};
    snprintf(cells[0], PLX_TABLE_CELL, "%s", row->label);
    for (size_t i = 0; i < PLX_SCHEMA_PHASES; i++)
        snprintf(cells[i + 1], PLX_TABLE_CELL, "%.1f", 100 * plx_schema_part_of(spent, i) / total);
    for (size_t i = 0; i < sizeof factor / sizeof *factor; i++)
        write_factor(cells, PLX_SCHEMA_PHASES + 1 + i, factor[i]);
}

void plx_report_phases_write(const plx_compare_result *result, FILE *out)
{
    static const char *const titles[] = {"model",   "prepare", "hand-out", "compute",
                                         "imbal.",  "collect", "other",    "balance",
                                         "serial.", "transf.", "scaling"};
    plx_table table = {.rows = 1, .gap = 1};
    table.cells = calloc(result->rows_count + 1, sizeof *table.cells);
    for (size_t c = 0; table.cells && c < sizeof titles / sizeof *titles; c++)
        snprintf(table.cells[0][c], PLX_TABLE_CELL, "%s", titles[c]);
    for (size_t r = 0; table.cells && r < result->rows_count; r++)
        if (known(&result->rows[r]))
            write_row(table.cells[table.rows++], &result->rows[r]);
    if (!table.cells)
        fputs("\n(no memory for the phases)\n", out);
    if (table.rows > 1) {
        fputs("\nWhere the time went, in % of work; four factors (1.00: perfect) multiply to the "
              "efficiency:\n",
              out);
        plx_table_write(&table, out);
    }
    free(table.cells);
}
