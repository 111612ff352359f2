/* SPDX-License-Identifier: MIT */
/* compare/report/table.h: cells of text in columns as wide as their longest cell. */
#ifndef COMPARE_TABLE_H
#define COMPARE_TABLE_H

#include <stdio.h>

enum { PLX_TABLE_COLUMNS = 12, PLX_TABLE_CELL = 96 };

typedef struct plx_table {
    char (*cells)[PLX_TABLE_COLUMNS][PLX_TABLE_CELL];       /* [rows]: the caller's, zeroed */
    size_t rows;
    int gap;                        /* blanks between columns; 0: two */
} plx_table;

/**
 * Print: first and last column to the left, all others to the right. A column with nothing in it
 * is left out. Lines stay below 100 columns: a longer first cell goes on below,
 * indented, as long as the other columns leave room for some of it. Plain ASCII.
 */
void plx_table_write(const plx_table *, FILE *);

#endif
