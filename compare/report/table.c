/* SPDX-License-Identifier: MIT */
/*
 * compare/report/table.c: two passes: how wide, then print. Nothing stands behind a line's last
 * word.
 *
 * Only the first column gives way: its cells are names, which may be long and can be read in
 * pieces; the others are numbers.
 */
#include "compare/report/table.h"

#include <string.h>

enum { LINE = 99, INDENT = 2, NAME_LEAST = 8 };

typedef struct widths {
    size_t of[PLX_TABLE_COLUMNS], last, gap;
} widths;

static widths measure(const plx_table *table)
{
    widths width = {.gap = table->gap > 0 ? (size_t)table->gap : 2};
    size_t rest = 0;
    for (size_t r = 0; r < table->rows; r++)
        for (size_t c = 0; c < PLX_TABLE_COLUMNS; c++) {
            size_t size = strlen(table->cells[r][c]);
            width.of[c] = size > width.of[c] ? size : width.of[c];
        }
    for (size_t c = 1; c < PLX_TABLE_COLUMNS; c++)
        if (width.of[c] > 0) {
            rest += width.gap + width.of[c];
            width.last = c;
        }
    const size_t room = rest + NAME_LEAST < LINE ? LINE - rest : NAME_LEAST;
    width.of[0] = width.of[0] < room ? width.of[0] : room;
    return width;
}

static void put(const char *text, size_t size, FILE *out)
{
    for (size_t i = 0; i < size; i++)
        putc(text[i] < ' ' || text[i] > '~' ? '?' : text[i], out);
}

/* How much of a name goes onto a line: up to the last blank that fits, else all that fits. */
static size_t piece(const char *name, size_t room)
{
    size_t size = strlen(name);
    if (size <= room)
        return size;
    for (size_t i = room; i > 0; i--)
        if (name[i] == ' ')
            return i;
    return room;
}

static void write_rest(const char *name, size_t room, FILE *out)
{
    for (;;) {
        name += strspn(name, " ");
        if (!*name)
            return;
        size_t size = piece(name, room - INDENT);
        fprintf(out, "%*s", INDENT, "");
        put(name, size, out);
        putc('\n', out);
        name += size;
    }
}

static void write_line(char (*cells)[PLX_TABLE_CELL], const widths *width, FILE *out)
{
    size_t size = piece(cells[0], width->of[0]), blanks = width->of[0] - size;
    put(cells[0], size, out);
    for (size_t c = 1; c <= width->last; c++) {
        if (width->of[c] == 0)
            continue;
        size_t used = strlen(cells[c]);
        blanks += width->gap + (c < width->last ? width->of[c] - used : 0);
        if (used > 0) {
            fprintf(out, "%*s", (int)blanks, "");
            put(cells[c], used, out);
            blanks = 0;
        }
    }
    putc('\n', out);
    write_rest(cells[0] + size, width->of[0], out);
}

void plx_table_write(const plx_table *table, FILE *out)
{
    widths width = measure(table);
    for (size_t r = 0; r < table->rows; r++)
        write_line(table->cells[r], &width, out);
}
