/* SPDX-License-Identifier: MIT */
/*
 * plx/object.h: kernels that come from a file: a shared object that exports plx_kernel_v1.
 *
 * The object is checked, then loaded from memory: under MPI rank 0 reads the file and sends its
 * bytes, so that no other rank needs the file and no two ranks can run different ones.
 */
#ifndef PLX_OBJECT_H
#define PLX_OBJECT_H

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct plx_object plx_object;

/**
 * Load the kernel of a shared object. What it needs of the C library and others is found as ever;
 * of this library it may need nothing, since a kernel object must run with any version.
 *
 * Shape    team: NULL, or the team whose ranks all shall have it; path: with a slash; why: room for
 *          one line that says what is wrong
 * Errors   PLX_NO_INPUT: missing or unreadable; PLX_BAD_KERNEL: writable by everybody, no shared
 *          object for this machine, without plx_kernel_v1, with undefined plx_ symbols, or a kernel
 *          whose name, sizes, parameters or results are not well formed; PLX_SYSTEM, PLX_NO_MEMORY
 * Ranks    collective over the team; path is rank 0's; status and why are the same on every rank
 */
PLX_API plx_status plx_object_open(plx_team *team, const char *path, plx_object **object,
                                   char *why, size_t why_size);

/** Its kernel, as a table of this library's size. It lives until the object is closed. */
PLX_API const plx_kernel *plx_object_kernel(const plx_object *object);

/** Unload; no call may be running it. NULL is allowed. */
PLX_API void plx_object_close(plx_object *object);

#ifdef __cplusplus
}
#endif
#endif
