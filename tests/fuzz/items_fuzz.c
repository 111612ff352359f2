/* SPDX-License-Identifier: MIT */
/*
 * items_fuzz.c: any file gives items or an error: as many as were counted, the same ones again,
 * none longer than was told; of lines exactly the file's bytes.
 *
 * The first byte says how the file is read; the rest is the file. A .npy file is what the kernel
 * with rows gets.
 */
#define _XOPEN_SOURCE 700                   /* mkdtemp */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/batch/items.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { WAYS = 6 };

static const plx_kernel kernels[WAYS] = {
    { .size = sizeof(plx_kernel), .name = "none" }, /* a command's */
    { .size = sizeof(plx_kernel), .name = "lines", .in_size = PLX_VARIES },
    { .size = sizeof(plx_kernel), .name = "f64", .in_size = 8, .in_type = PLX_F64 },
    { .size = sizeof(plx_kernel), .name = "text", .in_size = 5, .in_type = PLX_TEXT },
    { .size = sizeof(plx_kernel), .name = "u128", .in_size = 16, .in_type = PLX_U128 },
    { .size = sizeof(plx_kernel), .name = "rows", .in_size = 24, .in_type = PLX_F64 },
};

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    must(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

/* One reading: how many items, and their bytes in all with one for each end. */
static size_t read_all(plx_items *items, uint64_t *sum)
{
    const void *item;
    size_t size, count = 0, bytes = 0;
    int code;
    *sum = 0;
    while (plx_items_next(items, &item, &size, &code)) {
        must(size <= plx_items_longest(items));
        for (size_t i = 0; i < size; i++)
            *sum = *sum * 31 + ((const unsigned char *)item)[i];
        bytes += size + 1;
        count++;
    }
    must(code == 0 && count == plx_items_count(items));
    return bytes;
}

static char folder[] = "/tmp/plx_items_fuzz_XXXXXX", lines[80], rows[80];

static void remove_folder(void)
{
    rmdir(folder);
}

static void make_folder(void)
{
    must(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    snprintf(lines, sizeof lines, "%s/i", folder);
    snprintf(rows, sizeof rows, "%s/i.npy", folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (*lines == '\0')
        make_folder();
    const size_t way = data[0] % WAYS;
    const plx_items_how how = { .kernel = way == 0 ? NULL : &kernels[way],
                                .path = way == 5 ? rows : lines, .nul = data[0] >= 128,
                                .n = PLX_ITEMS_ALL };
    plx_items *items;
    uint64_t sum, again;
    write_file(how.path, data + 1, size - 1);
    const int code = plx_items_open(&items, &how);
    must((code == 0) == (items != NULL) && (code == 0 || code == 64 || code == 65));
    if (code == 0) {
        const size_t bytes = read_all(items, &sum);
        must(plx_items_rewind(items) && read_all(items, &again) == bytes && again == sum);
        const uint8_t end = how.nul ? '\0' : '\n';
        if (way < 2)                        /* the last end may be missing */
            must(bytes == size - 1 + (size > 1 && data[size - 1] != end));
        plx_items_close(items);
    }
    unlink(how.path);
    return 0;
}
