/* SPDX-License-Identifier: MIT */
/*
 * cli/run_made.c: the items that a run without -i would make, as a .npy file, for who runs the same
 * work with -i.
 */
#include "error.h"
#include "generate.h"
#include "run.h"
#include "type.h"

enum { PIECE = 1 << 16 };           /* bytes made at once */

static int write_values(plx_output *output, plx_type type, uint64_t seed, size_t values)
{
    _Alignas(16) unsigned char piece[PIECE];
    const size_t size = plx_cli_type_of(type)->size, most = PIECE / size;
    int code = 0;
    for (size_t first = 0; code == 0 && first < values; first += most) {
        size_t n = values - first < most ? values - first : most;
        plx_generate_values(type, seed, first, n, piece);
        code = plx_output_write(output, piece, n * size);
    }
    return code;
}

int plx_cli_made(const plx_cli_ask *ask)
{
    const plx_kernel *kernel = ask->kernel;
    /* bytes that nobody told the type of are uint8 in a file */
    const plx_type type = kernel->in_type == PLX_BYTES ? PLX_U8 : kernel->in_type;
    const plx_cli_type *known = plx_cli_type_of(type);
    plx_output output;
    if (kernel->in_size == 0 || known->descr == NULL || kernel->in_size % known->size != 0)
        return plx_cli_error(PLX_EXIT_USAGE, "--made '%s': not allowed; kernel '%s' has no items "
                                             "that can be made and have a type in .npy",
                             ask->made, kernel->name);
    if (ask->input != NULL || ask->n > SIZE_MAX / kernel->in_size)
        return plx_cli_error(PLX_EXIT_USAGE, "--made '%s': not allowed with -i or so many items",
                             ask->made);
    const size_t values = ask->n * (kernel->in_size / known->size);
    char header[PLX_NPY_HEADER_MAX];
    int code = plx_output_begin_for(&output, "--made", ask->made, ask->force);
    if (code == 0)
        code = plx_output_write(&output, header, plx_npy_header(header, type, values));
    if (code == 0)
        code = write_values(&output, type, ask->seed, values);
    if (code == 0)
        code = plx_output_keep(&output);
    plx_output_drop(&output);
    return code;
}
