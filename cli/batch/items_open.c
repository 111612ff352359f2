/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/items_open.c: where items come from, and whether that can be.
 *
 * A regular file is gone through by the same steps that will read it, so what is wrong with it is
 * known before anything runs.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../error.h"
#include "items_inside.h"
#include "items_values.h"
#include "journal/journal.h"

static bool ends_in_npy(const char *path)
{
    const size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".npy") == 0;
}

static int check_kernel(const plx_items_how *how)
{
    const plx_kernel *kernel = how->kernel;
    if (kernel->in_size == 0 && how->path != NULL)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "ITEMS '%s': not allowed with kernel '%s', which takes no input; -n "
                             "says how many items",
                             how->path, kernel->name);
    return 0;
}

static size_t digits_of(uint64_t number)
{
    return number < 10 ? 1 : 1 + digits_of(number / 10);
}

static int choose_made(plx_items *items)
{
    const plx_items_how *how = &items->how;
    const plx_kernel *kernel = how->kernel;
    const bool number = kernel == NULL || kernel->in_size == 0;
    if (!number && !plx_items_values_have_seed(kernel))
        return plx_cli_error(PLX_EXIT_USAGE, "kernel '%s': its input cannot be made; ITEMS must be "
                             "given", kernel->name);
    if (how->n == PLX_ITEMS_ALL)
        return plx_cli_error(PLX_EXIT_USAGE, "ITEMS: missing; a file, - for stdin, or -n N");
    items->next = number ? plx_items_next_number : plx_items_next_made;
    items->longest = number ? digits_of(how->n > 0 ? how->n - 1 : 0) : kernel->in_size;
    items->count = how->n;
    return 0;
}

static int choose_for_file(plx_items *items)
{
    const plx_items_how *how = &items->how;
    const plx_kernel *kernel = how->kernel;
    const bool lines = kernel == NULL || kernel->in_size == PLX_VARIES;
    items->rows = !lines && ends_in_npy(how->path);
    items->next = lines         ? plx_items_next_line
                  : items->rows ? plx_items_next_row
                                : plx_items_next_text;
    items->longest = lines ? PLX_ITEM_MAX : kernel->in_size;
    if (lines || items->rows || plx_items_values_have_text(kernel))
        return 0;
    return plx_cli_error(PLX_EXIT_USAGE,
                         "ITEMS '%s': not allowed; kernel '%s' takes rows of a .npy file: an item "
                         "of its input is no single value", how->path, kernel->name);
}

static int open_file(plx_items *items)
{
    const char *path = items->how.path;
    const bool is_stdin = strcmp(path, "-") == 0;
    items->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (items->fd < 0 || fstat(items->fd, &items->st) != 0)
        return plx_cli_error(PLX_EXIT_INPUT, "ITEMS '%s': cannot be read: %s", path,
                             strerror(errno));
    if (S_ISDIR(items->st.st_mode))
        return plx_cli_error(PLX_EXIT_INPUT, "ITEMS '%s': is a folder; it takes %s", path,
                             items->rows ? "a .npy file" : "a text file, one item a line");
    items->once = is_stdin || !S_ISREG(items->st.st_mode);
    if (items->rows && items->once)
        return plx_cli_error(PLX_EXIT_INPUT, "ITEMS '%s': is no regular file; it takes a .npy file",
                             path);
    return 0;
}

/* Through all of it, or the first n. */
static int scan_lines(plx_items *items)
{
    size_t longest = 0, size;
    const void *item;
    plx_read got = PLX_READ_ITEM;
    while (items->at < items->how.n && (got = items->next(items, &item, &size)) == PLX_READ_ITEM) {
        items->at++;
        if (size > longest)
            longest = size;
    }
    if (got == PLX_READ_FAILED)
        return items->code;
    items->count = items->at;
    items->longest = longest;
    items->at = 0;
    plx_reader_rewind(&items->reader);
    return plx_items_changed(items) ? plx_items_say_changed(items) : 0;
}

static bool open_reader(plx_items *items)
{
    const size_t piece = items->rows ? items->longest : PLX_ITEM_MAX;
    return plx_reader_open(&items->reader, items->fd, items->once, items->first, piece);
}

static int count_items(plx_items *items)
{
    const plx_items_how *how = &items->how;
    uint64_t rows;
    int code = items->rows ? plx_items_values_npy(how, items->fd, (size_t)items->st.st_size, &rows,
                                                  &items->first) : 0;
    if (code == 0 && !open_reader(items))
        code = plx_cli_error(PLX_EXIT_SYSTEM, "ITEMS '%s': no memory to read it", how->path);
    if (code != 0 || items->once)
        return code;
    if (items->rows)
        items->count = rows;
    else
        code = scan_lines(items);
    if (code == 0 && how->n != PLX_ITEMS_ALL && items->count < how->n)
        return plx_cli_error(PLX_EXIT_USAGE, "-n '%llu': not allowed; '%s' holds %llu items",
                             (unsigned long long)how->n, how->path,
                             (unsigned long long)items->count);
    if (items->count > how->n)
        items->count = how->n;
    return code;
}

static int open_all(plx_items *items)
{
    int code = items->how.kernel != NULL ? check_kernel(&items->how) : 0;
    if (code != 0 || items->how.path == NULL)
        return code == 0 ? choose_made(items) : code;
    code = choose_for_file(items);
    if (code == 0)
        code = open_file(items);
    return code == 0 ? count_items(items) : code;
}

int plx_items_open(plx_items **opened, const plx_items_how *how)
{
    const plx_kernel *kernel = how->kernel;
    const size_t value = kernel != NULL && kernel->in_size != PLX_VARIES ? kernel->in_size : 0;
    const size_t room = (sizeof(plx_items) + value + 63) / 64 * 64;
    plx_items *items = room > value ? aligned_alloc(64, room) : NULL;
    *opened = NULL;
    if (items == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the items");
    *items = (plx_items){ .how = *how, .count = PLX_ITEMS_ALL, .fd = -1 };
    const int code = open_all(items);
    if (code == 0)
        *opened = items;
    else
        plx_items_close(items);
    return code;
}

void plx_items_close(plx_items *items)
{
    if (items == NULL)
        return;
    plx_reader_close(&items->reader);
    if (items->fd > STDERR_FILENO)
        close(items->fd);
    free(items);
}

bool plx_items_once(const char *path)
{
    struct stat st;
    return strcmp(path, "-") == 0 ||
           (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}
