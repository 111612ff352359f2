/* SPDX-License-Identifier: MIT */
/* cli/type.c: the one table of value types. */
#include "type.h"

#include <stdlib.h>
#include <string.h>

#include "plx/plx.h"

static const plx_cli_type types[] = {
    {PLX_BYTES, "bytes", NULL, 1},   {PLX_F64, "float64", "<f8", 8}, {PLX_F32, "float32", "<f4", 4},
    {PLX_I64, "int64", "<i8", 8},    {PLX_U64, "uint64", "<u8", 8},  {PLX_U8, "uint8", "|u1", 1},
    {PLX_U128, "uint128", NULL, 16}, {PLX_TEXT, "text", NULL, 0},
};
enum { TYPES = sizeof types / sizeof *types };

const plx_cli_type *plx_cli_type_of(plx_type type)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].type == type)
            return &types[i];
    return &types[0];
}

const plx_cli_type *plx_cli_type_named(const char *descr, size_t length)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].descr != NULL && strlen(types[i].descr) == length &&
            memcmp(types[i].descr, descr, length) == 0)
            return &types[i];
    return NULL;
}

/* Two digits a byte is the longest form but that of numbers. */
char *plx_cli_field_text(const plx_field *field, const void *base)
{
    size_t room = 2 * field->size + 64;
    char *text = malloc(room);
    if (text != NULL && plx_field_text(field, base, text, room) < 0) {
        free(text);
        text = NULL;
    }
    return text;
}
