/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/items_values.c: the three ways to an item of fixed size, on what the command has for
 * them: named values, .npy headers, made values.
 */
#define _POSIX_C_SOURCE 200809L
#include "items_values.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "../error.h"
#include "../generate.h"
#include "../npy.h"
#include "../type.h"
#include "journal/journal.h"
#include "plx/plx.h"

bool plx_items_values_have_text(const plx_kernel *kernel)
{
    const plx_type type = kernel->in_type;
    return type == PLX_TEXT ||
           (type != PLX_BYTES && plx_cli_type_of(type)->size == kernel->in_size);
}

bool plx_items_values_read(const plx_kernel *kernel, const char *text, size_t size, void *item)
{
    const plx_field field = { .name = "item", .type = kernel->in_type, .size = kernel->in_size };
    char line[PLX_ITEM_MAX + 1];
    if (memchr(text, '\0', size) != NULL)
        return false;
    memcpy(line, text, size);
    line[size] = '\0';
    return plx_field_set(&field, item, line) == PLX_OK;
}

bool plx_items_values_have_seed(const plx_kernel *kernel)
{
    const size_t size = plx_cli_type_of(kernel->in_type)->size;
    return kernel->in_size != PLX_VARIES && size != 0 && kernel->in_size % size == 0;
}

void plx_items_values_make(const plx_kernel *kernel, uint64_t seed, uint64_t i, void *item)
{
    const size_t values = kernel->in_size / plx_cli_type_of(kernel->in_type)->size;
    plx_generate_values(kernel->in_type, seed, i * values, values, item);
}

static int check(const plx_items_how *how, const plx_npy *header, uint64_t *count)
{
    const plx_kernel *kernel = how->kernel;
    const plx_cli_type *has = plx_cli_type_of(header->type),
                       *takes = plx_cli_type_of(kernel->in_type);
    const size_t bytes = header->values * has->size;
    if (kernel->in_type != PLX_BYTES && has->type != takes->type)
        return plx_cli_error(PLX_EXIT_DATA, "ITEMS '%s': holds %s; kernel '%s' takes %s", how->path,
                             has->word, kernel->name, takes->word);
    if (bytes % kernel->in_size != 0)
        return plx_cli_error(PLX_EXIT_DATA, "ITEMS '%s': %zu bytes are no whole items of %zu",
                             how->path, bytes, kernel->in_size);
    *count = bytes / kernel->in_size;
    return 0;
}

/* Mapped for its header alone. */
int plx_items_values_npy(const plx_items_how *how, int fd, size_t size, uint64_t *count,
                         off_t *first)
{
    plx_npy header;
    void *map = size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (map == MAP_FAILED)
        return plx_cli_error(PLX_EXIT_INPUT, "ITEMS '%s': cannot be mapped: %s", how->path,
                             strerror(errno));
    const char *why = map != NULL ? plx_npy_parse(map, size, &header) : "it is empty";
    if (map != NULL)
        munmap(map, size);
    if (why != NULL)
        return plx_cli_error(PLX_EXIT_DATA, "ITEMS '%s': %s; it takes " PLX_NPY_TAKES, how->path,
                             why);
    *first = (off_t)header.data;
    return check(how, &header, count);
}
