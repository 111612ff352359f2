/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/items.c: the next item, whichever way it comes to be.
 *
 * A file's size and time are compared with those of its opening at the end of each reading, so that
 * one that changed is told instead of mixed.
 */
#define _POSIX_C_SOURCE 200809L
#include "items.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../error.h"
#include "../type.h"
#include "items_inside.h"
#include "items_values.h"
#include "journal/journal.h"

static plx_read refuse(plx_items *items, int code)
{
    items->code = code;
    return PLX_READ_FAILED;
}

/* Where it stands, as an editor counts. */
static const char *place_of(plx_items *items)
{
    snprintf(items->digits, sizeof items->digits, "%s %llu", items->how.nul ? "text" : "line",
             (unsigned long long)items->at + 1);
    return items->digits;
}

static plx_read no_such_read(plx_items *items, plx_read got)
{
    if (got == PLX_READ_LONG)
        return refuse(items, plx_cli_error(PLX_EXIT_DATA, "ITEMS '%s': %s is longer than %d bytes",
                                           items->how.path, place_of(items), PLX_ITEM_MAX));
    if (got == PLX_READ_FAILED)
        return refuse(items, plx_cli_error(PLX_EXIT_INPUT, "ITEMS '%s': cannot be read: %s",
                                           items->how.path, strerror(errno)));
    return got;
}

plx_read plx_items_next_line(plx_items *items, const void **item, size_t *size)
{
    const char *line;
    const plx_read got =
        plx_reader_line(&items->reader, items->how.nul ? '\0' : '\n', PLX_ITEM_MAX, &line, size);
    if (got != PLX_READ_ITEM)
        return no_such_read(items, got);
    if (items->how.kernel == NULL && memchr(line, '\0', *size) != NULL)
        return refuse(items, plx_cli_error(PLX_EXIT_DATA,
                                           "ITEMS '%s': %s has a NUL byte, which no command can be "
                                           "told; with -0 items end there",
                                           items->how.path, place_of(items)));
    *item = line;
    return got;
}

/* A text as long as a page would be no help. */
static int shown(size_t size)
{
    return size < 60 ? (int)size : 60;
}

plx_read plx_items_next_text(plx_items *items, const void **item, size_t *size)
{
    const plx_kernel *kernel = items->how.kernel;
    const void *line;
    const plx_read got = plx_items_next_line(items, &line, size);
    if (got != PLX_READ_ITEM)
        return got;
    if (!plx_items_values_read(kernel, line, *size, items->value))
        return refuse(items, plx_cli_error(PLX_EXIT_DATA,
                                           "ITEMS '%s': %s is '%.*s'; kernel '%s' takes %s",
                                           items->how.path, place_of(items), shown(*size),
                                           (const char *)line, kernel->name,
                                           plx_cli_type_of(kernel->in_type)->word));
    *item = items->value;
    *size = kernel->in_size;
    return got;
}

plx_read plx_items_next_row(plx_items *items, const void **item, size_t *size)
{
    const char *row;
    *size = items->how.kernel->in_size;
    const plx_read got = plx_reader_piece(&items->reader, *size, &row);
    *item = row;
    return got == PLX_READ_ITEM ? got : no_such_read(items, got);
}

plx_read plx_items_next_made(plx_items *items, const void **item, size_t *size)
{
    *item = items->value;
    *size = items->how.kernel->in_size;
    plx_items_values_make(items->how.kernel, items->how.seed, items->at, items->value);
    return PLX_READ_ITEM;
}

plx_read plx_items_next_number(plx_items *items, const void **item, size_t *size)
{
    *item = items->digits;
    *size = (size_t)snprintf(items->digits, sizeof items->digits, "%llu",
                             (unsigned long long)items->at);
    return PLX_READ_ITEM;
}

bool plx_items_changed(const plx_items *items)
{
    struct stat now;
    return fstat(items->fd, &now) != 0 || now.st_size != items->st.st_size ||
           now.st_mtim.tv_sec != items->st.st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != items->st.st_mtim.tv_nsec;
}

int plx_items_say_changed(const plx_items *items)
{
    return plx_cli_error(PLX_EXIT_INPUT, "ITEMS '%s': it changed while it was read",
                         items->how.path);
}

uint64_t plx_items_count(const plx_items *items)
{
    return items->count;
}

size_t plx_items_longest(const plx_items *items)
{
    return items->longest;
}

bool plx_items_cut(const plx_items *items)
{
    return items->reader.cut;
}

/* At the end of what a file that stays was said to hold. */
static bool end(plx_items *items, int *code)
{
    const bool known = items->fd >= 0 && !items->once;
    const bool other = known && (items->at < items->count || plx_items_changed(items));
    *code = other ? plx_items_say_changed(items) : 0;
    return false;
}

bool plx_items_next(plx_items *items, const void **item, size_t *size, int *code)
{
    const uint64_t most = items->once ? items->how.n : items->count;
    *code = 0;
    if (items->at == most)
        return end(items, code);
    const plx_read got = items->next(items, item, size);
    if (got == PLX_READ_ITEM)
        items->at++;
    else if (got == PLX_READ_END)
        return end(items, code);
    else
        *code = items->code;
    return got == PLX_READ_ITEM;
}

bool plx_items_rewind(plx_items *items)
{
    if (items->once)
        return false;
    if (items->fd >= 0)
        plx_reader_rewind(&items->reader);
    items->at = 0;
    return true;
}
