/* SPDX-License-Identifier: MIT */
/*
 * cli/whole.h: bytes written and read whole, however many calls that takes.
 *
 * A call that a signal interrupts is made again, and what was done in part is gone on with.
 */
#ifndef PLX_CLI_WHOLE_H
#define PLX_CLI_WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Where the file stands, as a pipe must be written; one that does not block is waited for. False,
    as below: errno says why. */
bool plx_whole_write(int fd, const void *bytes, size_t size);

/** At a place of the file. */
bool plx_whole_put(int fd, const void *bytes, size_t size, off_t at);

/** From a place of the file: how many bytes, fewer than asked for at its end alone; -1: errno says
    why. */
ssize_t plx_whole_read(int fd, void *bytes, size_t size, off_t at);

#endif
