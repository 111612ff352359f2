/* SPDX-License-Identifier: MIT */
/* cli/type.h: what the command must know of a plx_type: its word, its bytes, its name in a .npy
   file. */
#ifndef PLX_CLI_TYPE_H
#define PLX_CLI_TYPE_H

#include "plx/kernel.h"

typedef struct plx_cli_type {
    plx_type type;
    const char *word;           /* "float64" */
    const char *descr;          /* "<f8"; NULL: has none */
    size_t size;                /* bytes of one value; 0: varies */
} plx_cli_type;

/** Never NULL: an unknown type is PLX_BYTES. */
const plx_cli_type *plx_cli_type_of(plx_type);

/** The type that a .npy file calls descr; NULL if we do not read it. */
const plx_cli_type *plx_cli_type_named(const char *descr, size_t length);

/** A field's value as text, to be freed; NULL without memory. */
char *plx_cli_field_text(const plx_field *, const void *base);

#endif
