/* SPDX-License-Identifier: MIT */
/*
 * cli/file.h: a regular file of the user's, mapped to be read.
 *
 * Nothing is waited for and nothing is copied; a FIFO, a device or a folder is refused.
 */
#ifndef PLX_CLI_FILE_H
#define PLX_CLI_FILE_H

#include <stddef.h>

/** Zeroed: none. */
typedef struct plx_file {
    const void *bytes;              /* never NULL once open */
    size_t size;
    void *map;
} plx_file;

/**
 * The same in two steps: open, which also refuses what is no regular file, and map. An fd is the
 * caller's to close, whatever is returned, if it is not negative.
 */
int plx_file_descriptor(const char *path, const char *takes, int *fd, size_t *size);
int plx_file_map(plx_file *, const char *path, int fd, size_t size);

/**
 * Map the file that -i names; takes: what it should be, as in "it takes a .npy file". 0, or 66
 * after printing the line; close is fine either way.
 */
int plx_file_open(plx_file *, const char *path, const char *takes);
void plx_file_close(plx_file *);

/** 66 after printing that the file that -i names cannot be read (errno says why), or changed. */
int plx_file_unreadable(const char *path);
int plx_file_changed(const char *path);

#endif
