/* SPDX-License-Identifier: MIT */
/*
 * cli/npy.h: NumPy's .npy files, formats 1.0 and 2.0: read by mapping them, written as numpy writes
 * them.
 *
 * The header is text from a stranger: it is read by a strict little parser, and nothing that it
 * claims is believed before the file's length agrees.
 *
 * Source   numpy/lib/format.py: NEP 1, "A simple file format for NumPy arrays"
 */
#ifndef PLX_CLI_NPY_H
#define PLX_CLI_NPY_H

#include <stddef.h>

#include "file.h"
#include "plx/kernel.h"

#define PLX_NPY_TAKES "a .npy file"

/** What a header says, checked against the file's length. */
typedef struct plx_npy {
    plx_type type;
    size_t values;              /* product of the shape */
    size_t data;                /* offset of the first value */
} plx_npy;

/**
 * Read the header of a whole file of size bytes.
 *
 * Errors   NULL, or why the file is not taken: a phrase that goes on after "FILE: "
 */
const char *plx_npy_parse(const void *file, size_t size, plx_npy *);

/** A file of values, open for reading. Zeroed: none. */
typedef struct plx_npy_input {
    plx_npy header;
    const void *values;         /* aligned to their type */
    plx_file file;
    void *copy;
} plx_npy_input;

/** Read the header of a mapped file. 0, or 65 after printing the line. */
int plx_npy_head(plx_npy *, const plx_file *, const char *path);

/** Open a file to read. 0, or 65 or 66 after printing the line; close is fine either way. */
int plx_npy_open(plx_npy_input *, const char *path);
void plx_npy_close(plx_npy_input *);

/** Longest header that plx_npy_header writes. */
enum { PLX_NPY_HEADER_MAX = 192 };

/** Write the header of a flat array of n values of a type that has a name in .npy files; returns
    its length, a multiple of 64. */
size_t plx_npy_header(char header[PLX_NPY_HEADER_MAX], plx_type, size_t n);

#endif
