/* SPDX-License-Identifier: MIT */
/* compare/table.h: cells of text in columns as wide as their longest cell. */
#ifndef COMPARE_TABLE_H
#define COMPARE_TABLE_H

#include <stdio.h>

enum { PLX_TABLE_COLUMNS = 8, PLX_TABLE_CELL = 48 };

typedef struct plx_table {
    char (*cells)[PLX_TABLE_COLUMNS][PLX_TABLE_CELL];       /* [rows]: the caller's, zeroed */
    size_t rows;
} plx_table;

/** Print: first and last column to the left, all others to the right, two blanks between. */
void plx_table_write(const plx_table *, FILE *);

#endif
