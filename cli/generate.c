/* SPDX-License-Identifier: MIT */
/*
 * cli/generate.c: Philox4x32-10 by blocks of 16 bytes: block c holds values [c * 16 / size, ...).
 *
 * A range is whole blocks but for its ends, so a value's bytes never depend on the range asked for.
 */
#include "generate.h"

#include <string.h>

#include "plx/philox.h"
#include "type.h"

enum { BLOCK_SIZE = 16 };

/* Bits to a value: the top 53 or 24 bits of each float, so that every value is exact and below 1.
   */
static void shape_block(plx_type type, void *block)
{
    if (type == PLX_F64) {
        uint64_t bits[2];
        memcpy(bits, block, sizeof bits);
        double values[2] = { (double)(bits[0] >> 11) * 0x1p-53, (double)(bits[1] >> 11) * 0x1p-53 };
        memcpy(block, values, sizeof values);
    } else if (type == PLX_F32) {
        uint32_t bits[4];
        float values[4];
        memcpy(bits, block, sizeof bits);
        for (int i = 0; i < 4; i++)
            values[i] = (float)(bits[i] >> 8) * 0x1p-24f;
        memcpy(block, values, sizeof values);
    }
}

static void make_block(plx_type type, uint64_t seed, uint64_t number, void *block)
{
    uint32_t out[4];
    plx_philox_draw(seed, number, 0, out);
    memcpy(block, out, BLOCK_SIZE);
    shape_block(type, block);
}

bool plx_generate_values(plx_type type, uint64_t seed, size_t first, size_t n, void *values)
{
    size_t size = plx_cli_type_of(type)->size;
    if (size == 0)
        return false;
    size_t in_block = BLOCK_SIZE / size;
    unsigned char *to = values;
    while (n > 0) {
        unsigned char block[BLOCK_SIZE];
        size_t skip = first % in_block, take = in_block - skip < n ? in_block - skip : n;
        make_block(type, seed, first / in_block, block);
        memcpy(to, block + skip * size, take * size);
        to += take * size;
        first += take;
        n -= take;
    }
    return true;
}
