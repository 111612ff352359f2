/* SPDX-License-Identifier: MIT */
/* cli/mask.h: the cores that this process was given, whatever an OpenMP runtime made of them. */
#ifndef PLX_CLI_MASK_H
#define PLX_CLI_MASK_H

/**
 * Give this thread its cores back, before their number is counted and before anything is started
 * that inherits them. Again after a runtime may have started.
 */
void plx_cli_mask_restore(void);

/**
 * Bind it again as the OpenMP runtime had, whose other threads are bound beside it; nothing if MPI
 * has bound it meanwhile.
 */
void plx_cli_mask_bind(void);

#endif
