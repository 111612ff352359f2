/* SPDX-License-Identifier: MIT */
/*
 * cli/output.h: a file of results that is whole or not there.
 *
 * It is written beside its final name and moved there at the end; a failure on the way leaves
 * nothing. What is no regular file (a device, a pipe) is written directly, and only with --force.
 * Where a function below says 73, it says 71 if there is no memory for it.
 */
#ifndef PLX_CLI_OUTPUT_H
#define PLX_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "plx/kernel.h"

enum { PLX_OUTPUT_NAME = 4096 };    /* longest path and its NUL: what realpath() may write */

typedef struct plx_output {
    const char *option, *path;  /* as the user named it: "-o", the file */
    char *target, *temp;        /* where links lead; what is written (NULL: the target itself) */
    int fd;
    bool open, force, same;     /* same: a file of the same bytes may be there */
} plx_output;

/** 0 if an output could be begun, or 73 after printing the line. Makes nothing. */
int plx_output_check(const char *path, bool force);

/** Begin an output of bytes to come: make it. 0 or 73 after printing. */
int plx_output_begin(plx_output *, const char *path, bool force);

/** The same two for a file that another option than -o names: "--trace". */
int plx_output_check_for(const char *option, const char *path, bool force);
int plx_output_begin_for(plx_output *, const char *option, const char *path, bool force);

/** The first two without --force, where a regular file may be there already: plx_output_keep leaves
    it alone, and says 73 unless its bytes are the same. */
int plx_output_check_same(const char *path);
int plx_output_begin_same(plx_output *, const char *path);

/** Begin an output of n values: make it, take its room on the disk, write its header. 0, 73 or 74
    after printing. The second for one that is begun; what failed is dropped by the caller. */
int plx_output_open(plx_output *, const char *path, bool force, plx_type, size_t n);
int plx_output_head(plx_output *, plx_type, size_t n);

/** 0, or 74 after printing. */
int plx_output_write(plx_output *, const void *bytes, size_t size);

/**
 * One output of several ranks: begun on rank 0, which gives it its full size and the others its
 * name, a path from the root; these open it by that name and write their slices, then all sync. The
 * others shut it; rank 0 keeps or drops it. 0, 73 or 74 after printing.
 */
int plx_output_share(plx_output *, size_t size, char name[PLX_OUTPUT_NAME]);
int plx_output_join(plx_output *, const char *option, const char *path, const char *name);
int plx_output_put(plx_output *, const void *bytes, size_t size, size_t at);
int plx_output_sync(plx_output *);
int plx_output_shut(plx_output *);

/** Sync, close and move into place. 0, 73 (a file is there that stays) or 74 after printing. */
int plx_output_keep(plx_output *);

/** Leave nothing behind. Fine after keep, and for one that was never opened (zeroed). */
void plx_output_drop(plx_output *);

#endif
