/* SPDX-License-Identifier: MIT */
/* cli/slots.h: how many ranks the launcher has room for, if it was told by somebody else. */
#ifndef PLX_CLI_SLOTS_H
#define PLX_CLI_SLOTS_H

#include <stdbool.h>

#include "plx/plx.h"

typedef struct plx_cli_slots {
    bool told;                      /* by an allocation or a hostfile: mpirun counts, not we */
    int ranks, threads;             /* tasks, and cores for each; 0: not told */
    const char *hostfile;           /* that mpirun does not find by itself; NULL: none */
    bool shared;                    /* it may name more slots than a host has cores */
} plx_cli_slots;

plx_cli_slots plx_cli_slots_told(void);

/** The launcher's own settings let ranks share cores. */
bool plx_cli_slots_shared(void);

/** One note if slots that were told put more threads on this host than it has cores. */
void plx_cli_slots_warn(const plx_team *);

#endif
