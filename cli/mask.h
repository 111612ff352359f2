/* SPDX-License-Identifier: MIT */
/* cli/mask.h: the cores that this process was given, whatever an OpenMP runtime made of them. */
#ifndef PLX_CLI_MASK_H
#define PLX_CLI_MASK_H

/**
 * Give this thread its cores back, for a command that only launches others: they inherit them, and
 * their number is counted here.
 */
void plx_cli_mask_restore(void);

#endif
