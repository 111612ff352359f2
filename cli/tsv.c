/* SPDX-License-Identifier: MIT */
/*
 * cli/tsv.c: rows into a page, full pages into the file.
 *
 * A page has room for the longest row that the kernel's results allow, or the kernel is refused: so
 * no value is ever cut.
 */
#include "tsv.h"

#include <stdio.h>
#include <string.h>

enum { PAGE = 65536, NUMBER = 48 };    /* NUMBER: more than any number's text with its tab */

typedef struct page {
    plx_output *output;
    size_t used;
    char text[PAGE];
} page;

bool plx_tsv_named(const char *path)
{
    const size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".tsv") == 0;
}

/* Bytes that a row can take: each byte of a text may need an escape, one of bytes is two digits. */
static size_t longest_row(const plx_kernel *kernel)
{
    size_t row = NUMBER;
    for (const plx_field *field = kernel->results; field->name != NULL && row <= PAGE; field++)
        row += field->size <= PAGE ? 2 * field->size + NUMBER : PAGE;
    return row;
}

const char *plx_tsv_why_not(const plx_kernel *kernel)
{
    if (kernel->results == NULL || kernel->results[0].name == NULL || kernel->fold != NULL)
        return "its items' values have no names";
    return longest_row(kernel) <= PAGE ? NULL : "its items' values are too long";
}

static int flush(page *p)
{
    int code = plx_output_write(p->output, p->text, p->used);
    p->used = 0;
    return code;
}

static void put(page *p, char c)
{
    p->text[p->used++] = c;
}

/* What would end a column or a line is written as \t, \n, \r, and \ itself as \\. */
static void escape_from(page *p, size_t start, size_t length)
{
    static const char plain[] = "\t\n\r\\", letter[] = "tnr\\";
    char value[PAGE];
    memcpy(value, p->text + start, length);
    p->used = start;
    for (size_t i = 0; i < length; i++) {
        const char *found = memchr(plain, value[i], sizeof plain - 1);
        if (found != NULL)
            put(p, '\\');
        put(p, found != NULL ? letter[found - plain] : value[i]);
    }
}

static void put_value(page *p, const plx_field *field, const void *item)
{
    int length = plx_field_text(field, item, p->text + p->used, PAGE - p->used);
    if (length > 0 && field->type == PLX_TEXT)
        escape_from(p, p->used, (size_t)length);
    else if (length > 0)
        p->used += (size_t)length;
}

/* item: NULL if it failed. */
static void put_row(page *p, const plx_kernel *kernel, size_t number, const void *item)
{
    p->used += (size_t)snprintf(p->text + p->used, NUMBER, "%zu", number);
    for (const plx_field *field = kernel->results; field->name != NULL; field++) {
        put(p, '\t');
        if (item != NULL)
            put_value(p, field, item);
    }
    put(p, '\n');
}

int plx_tsv_head(plx_output *output, const plx_kernel *kernel)
{
    int code = plx_output_write(output, "item", 4);
    for (const plx_field *field = kernel->results; code == 0 && field->name != NULL; field++) {
        code = plx_output_write(output, "\t", 1);
        if (code == 0)
            code = plx_output_write(output, field->name, strlen(field->name));
    }
    return code == 0 ? plx_output_write(output, "\n", 1) : code;
}

int plx_tsv_rows(plx_output *output, const plx_kernel *kernel, size_t first, size_t n,
                 const void *out, const plx_failure *failed, size_t failures)
{
    page p;
    const size_t row = longest_row(kernel);
    int code = 0;
    p.output = output;
    p.used = 0;
    for (size_t i = 0, f = 0; code == 0 && i < n; i++) {
        const char *item = (const char *)out + i * kernel->out_size;
        const bool bad = f < failures && failed[f].item == first + i;
        if (PAGE - p.used < row)
            code = flush(&p);
        put_row(&p, kernel, first + i, bad ? NULL : item);
        f += bad;
    }
    return code == 0 ? flush(&p) : code;
}
