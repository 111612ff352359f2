/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/sweep_text.c: a sweep for people: a table of points and models, then sentences.
 *
 * A line is a point; models stand side by side, as many as fit a terminal, the rest in tables
 * below. Behind a speed-up stands half of its interval, since the two halves differ little.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/sweep/sweep_judge.h"
#include "compare/report/table.h"
#include "compare/report/wrap.h"

enum { WIDE = 96, GAP = 2, CELL_LEAST = 12 };

typedef void write_cell(const plx_sweep_spot *, char cell[PLX_TABLE_CELL]);

static void speedup_cell(const plx_sweep_spot *spot, char cell[PLX_TABLE_CELL])
{
    const plx_interval *speedup = &spot->speedup;
    const int digits = speedup->median < 0.1 ? 4 : 2; /* far below serial too, more than 0.00 */
    if (!spot->timed)
        snprintf(cell, PLX_TABLE_CELL, "-");
    else if (speedup->known)
        snprintf(cell, PLX_TABLE_CELL, "%.*f +-%.*f", digits, speedup->median, digits,
                 (speedup->high - speedup->low) / 2);
    else
        snprintf(cell, PLX_TABLE_CELL, "%.*f ~", digits, speedup->median);
}

static void fraction_cell(const plx_sweep_spot *spot, char cell[PLX_TABLE_CELL])
{
    if (spot->timed && isfinite(spot->karp_flatt.median))
        snprintf(cell, PLX_TABLE_CELL, "%.3f", spot->karp_flatt.median);
    else
        snprintf(cell, PLX_TABLE_CELL, "-");
}

/* The table sets its last column to the left: numbers bring their own blanks. */
static void put_right(char cell[PLX_TABLE_CELL], size_t width, const char *text)
{
    snprintf(cell, PLX_TABLE_CELL, "%*s", (int)width, text);
}

static void write_points(const plx_sweep_result *sweep, plx_table *table)
{
    char number[PLX_SWEEP_WORD];
    snprintf(table->cells[0][0], PLX_TABLE_CELL, "%s", plx_sweep_axis_name(sweep->points.axis));
    for (size_t i = 0; i < sweep->done; i++)
        snprintf(table->cells[i + 1][0], PLX_TABLE_CELL, "%s%s",
                 plx_sweep_number(sweep->points.at[i], number),
                 plx_sweep_beyond(&sweep->at[i]) ? "*" : "");
}

/* As many curves as fit, from the first on; returns how many. */
static size_t write_some(const plx_sweep_result *sweep, size_t first, write_cell *cell,
                         plx_table *table)
{
    size_t used = 12, count = 0;
    write_points(sweep, table);
    for (; first + count < sweep->curves_count && count + 1 < PLX_TABLE_COLUMNS; count++) {
        const plx_sweep_curve *curve = &sweep->curves[first + count];
        const size_t size = strlen(curve->label), width = size < CELL_LEAST ? CELL_LEAST
                                                          : size < WIDE     ? size
                                                                            : WIDE - 1;
        char text[PLX_TABLE_CELL];
        used += GAP + width;
        if (used > WIDE && count > 0)
            break;
        put_right(table->cells[0][count + 1], width, curve->label);
        for (size_t i = 0; i < sweep->done; i++) {
            cell(&curve->spot[i], text);
            put_right(table->cells[i + 1][count + 1], width, text);
        }
    }
    return count;
}

static void write_tables(const plx_sweep_result *sweep, write_cell *cell, FILE *out)
{
    for (size_t first = 0; first < sweep->curves_count;) {
        plx_table table = {.rows = sweep->done + 1};
        table.cells = calloc(table.rows, sizeof *table.cells);
        if (!table.cells) {
            fputs("(no memory for the table)\n", out);
            return;
        }
        first += write_some(sweep, first, cell, &table);
        plx_table_write(&table, out);
        putc('\n', out);
        free(table.cells);
    }
}

static void write_head(const plx_sweep_result *sweep, FILE *out)
{
    const plx_compare_about *about = &sweep->at[0].about;
    const size_t count = sweep->done;
    char low[PLX_SWEEP_WORD], high[PLX_SWEEP_WORD];
    int least = sweep->at[0].rounds, most = least;
    size_t narrow = 0;
    for (size_t i = 0; i < count; i++) {
        narrow += sweep->at[i].end == PLX_COMPARE_NARROW;
        least = sweep->at[i].rounds < least ? sweep->at[i].rounds : least;
        most = sweep->at[i].rounds > most ? sweep->at[i].rounds : most;
    }
    fprintf(out, "%s, %s, ", about->kernel, about->pattern);
    if (sweep->points.axis == PLX_SWEEP_ITEMS)
        fprintf(out, "%d worker%s", about->workers, about->workers == 1 ? "" : "s");
    else
        fprintf(out, "n = %s", about->n);
    fprintf(out, ", %zu points of %s from %s to %s\n", count,
            plx_sweep_axis_name(sweep->points.axis), plx_sweep_number(sweep->points.at[0], low),
            plx_sweep_number(sweep->points.at[count - 1], high));
    fprintf(out, least == most ? "%d" : "%d to %d", least, most);
    fprintf(out, " round%s of %d call%s at each point", most == 1 ? "" : "s", about->repeats,
            about->repeats == 1 ? "" : "s");
    if (sweep->budget_s > 0)
        fprintf(out, ", in a budget of %g s", sweep->budget_s);
    if (narrow > 0)
        fprintf(out, "; at %zu of them until the intervals were narrow", narrow);
    fputs("\n\n", out);
}

static bool any_fraction(const plx_sweep_result *sweep)
{
    for (size_t c = 0; c < sweep->curves_count; c++)
        for (size_t i = 0; i < sweep->done; i++)
            if (sweep->curves[c].spot[i].timed && sweep->curves[c].spot[i].workers > 1)
                return sweep->points.axis == PLX_SWEEP_WORKERS;
    return false;
}

void plx_sweep_write_text(const plx_sweep_result *sweep, FILE *out)
{
    if (sweep->done == 0)
        return;
    write_head(sweep, out);
    fputs("Speed-up over serial (+-: half of its interval, with which all of a point's verdicts "
          "hold\ntogether at 95 %; ~: too few rounds for one)\n\n",
          out);
    write_tables(sweep, speedup_cell, out);
    if (any_fraction(sweep)) {
        fputs("Serial fraction that would explain the speed-up (Karp-Flatt)\n\n", out);
        write_tables(sweep, fraction_cell, out);
    }
    plx_wrap_write(sweep->text, out);
}
