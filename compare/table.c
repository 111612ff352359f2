/* SPDX-License-Identifier: MIT */
/* compare/table.c: two passes: how wide, then print. Nothing stands behind a line's last word. */
#include "compare/table.h"

#include <string.h>

void plx_table_write(const plx_table *table, FILE *out)
{
    int width[PLX_TABLE_COLUMNS] = {0};
    for (size_t r = 0; r < table->rows; r++)
        for (size_t c = 0; c < PLX_TABLE_COLUMNS; c++) {
            int size = (int)strlen(table->cells[r][c]);
            width[c] = size > width[c] ? size : width[c];
        }
    for (size_t r = 0; r < table->rows; r++) {
        fprintf(out, "%-*s", width[0], table->cells[r][0]);
        for (size_t c = 1; c + 1 < PLX_TABLE_COLUMNS; c++)
            fprintf(out, "  %*s", width[c], table->cells[r][c]);
        fprintf(out, "  %s\n", table->cells[r][PLX_TABLE_COLUMNS - 1]);
    }
}
