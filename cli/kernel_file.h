/* SPDX-License-Identifier: MIT */
/*
 * cli/kernel_file.h: the KERNEL of the command line: a built-in one's name, or a path with a slash
 * to a user's own, as C source or as shared object.
 */
#ifndef PLX_CLI_KERNEL_FILE_H
#define PLX_CLI_KERNEL_FILE_H

#include <stdbool.h>

#include "plx/object.h"

/** True if the word is a path: no built-in kernel has a slash in its name. */
bool plx_cli_kernel_is_file(const char *word);

/** True if that path is one to compile. */
bool plx_cli_kernel_is_source(const char *path);

/**
 * The kernel of a file, compiled if it is source. team: NULL, or the ranks that all shall have it
 * from rank 0. *object is to be closed.
 *
 * Errors   0, or an exit code, the same on every rank, after printing the line
 */
int plx_cli_kernel_open(const char *path, plx_team *team, plx_object **object);

/** The kernel of a shared object; messages call it `shown`. Otherwise the same. */
int plx_cli_kernel_load(const char *path, const char *shown, plx_team *team, plx_object **object);

#endif
