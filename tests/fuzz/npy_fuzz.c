/* SPDX-License-Identifier: MIT */
/*
 * npy_fuzz.c: no bytes whatsoever make the .npy reader read beyond them, or believe what they
 * claim.
 *
 * What is taken must fit the file to the byte, and a header made for it must be read as the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/npy.h"
#include "cli/type.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void check_copy(const plx_npy *npy)
{
    char header[PLX_NPY_HEADER_MAX];
    const size_t size = plx_cli_type_of(npy->type)->size, bytes = npy->values * size;
    const size_t length = plx_npy_header(header, npy->type, npy->values);
    plx_npy again;
    char *file = malloc(length + bytes);
    must(length % 64 == 0 && length <= sizeof header && file != NULL);
    memcpy(file, header, length);
    memset(file + length, 1, bytes);
    must(plx_npy_parse(file, length + bytes, &again) == NULL);
    must(again.type == npy->type && again.values == npy->values && again.data == length);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plx_npy npy;
    const char *why = plx_npy_parse(data, size, &npy);
    if (why != NULL) {
        must(*why != '\0' && strchr(why, '\n') == NULL);
        return 0;
    }
    const plx_cli_type *type = plx_cli_type_of(npy.type);
    must(type->descr != NULL && type->size > 0);
    must(npy.data <= size && npy.values <= size);
    must(npy.values * type->size == size - npy.data);
    check_copy(&npy);
    return 0;
}
