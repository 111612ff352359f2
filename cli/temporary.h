/* SPDX-License-Identifier: MIT */
/*
 * cli/temporary.h: files that are written beside their final names, and removed if the process is
 * ended meanwhile.
 */
#ifndef PLX_CLI_TEMPORARY_H
#define PLX_CLI_TEMPORARY_H

/** The folder part of a path, "." if it has none; NULL without memory. To be freed. */
char *plx_temporary_folder(const char *path);

/**
 * A new file in the folder of what it is to become: a descriptor to write to, and its name, to be
 * freed once it is forgotten. Negative, and no name: errno says why.
 */
int plx_temporary_make(const char *target, char **name);

/** It was moved into its place, or removed. */
void plx_temporary_forget(const char *name);

/** In a signal handler that ends the process: remove all that there are. */
void plx_temporary_abandon(void);

#endif
