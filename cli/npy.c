/* SPDX-License-Identifier: MIT */
/*
 * cli/npy.c: .npy files on disk: mapped for reading; a header for writing.
 *
 * Nothing is copied unless a header of odd length leaves the values unaligned.
 */
#include "npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "type.h"

static int align_values(plx_npy_input *input, const char *path)
{
    size_t size = plx_cli_type_of(input->header.type)->size;
    const char *values = (const char *)input->file.bytes + input->header.data;
    input->values = values;
    if ((uintptr_t)values % size == 0)
        return 0;
    input->copy = malloc(input->header.values * size + 1);
    if (input->copy == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "-i '%s': no memory for its %zu values", path,
                             input->header.values);
    memcpy(input->copy, values, input->header.values * size);
    input->values = input->copy;
    return 0;
}

int plx_npy_head(plx_npy *header, const plx_file *file, const char *path)
{
    if (file->size == 0)
        return plx_cli_error(PLX_EXIT_DATA, "-i '%s': it is empty; it takes " PLX_NPY_TAKES, path);
    const char *why = plx_npy_parse(file->bytes, file->size, header);
    return why == NULL ? 0 : plx_cli_error(PLX_EXIT_DATA, "-i '%s': %s", path, why);
}

int plx_npy_open(plx_npy_input *input, const char *path)
{
    *input = (plx_npy_input){ 0 };
    int code = plx_file_open(&input->file, path, PLX_NPY_TAKES);
    if (code == 0)
        code = plx_npy_head(&input->header, &input->file, path);
    return code == 0 ? align_values(input, path) : code;
}

void plx_npy_close(plx_npy_input *input)
{
    plx_file_close(&input->file);
    free(input->copy);
    *input = (plx_npy_input){ 0 };
}

size_t plx_npy_header(char header[PLX_NPY_HEADER_MAX], plx_type type, size_t n)
{
    int dict = snprintf(header + 10, PLX_NPY_HEADER_MAX - 10,
                        "{'descr': '%s', 'fortran_order': False, 'shape': (%zu,), }",
                        plx_cli_type_of(type)->descr, n);
    size_t used = 10 + (size_t)dict, length = (used + 1 + 63) / 64 * 64;
    memset(header + used, ' ', length - used);
    header[length - 1] = '\n';
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = (char)((length - 10) & 0xff);
    header[9] = (char)((length - 10) >> 8);
    return length;
}
