/* SPDX-License-Identifier: MIT */
/* cli/exits.h: only the command's own return ends the process; a kernel's exit() does not. */
#ifndef PLX_CLI_EXITS_H
#define PLX_CLI_EXITS_H

/* From here on exit() ends the process with a line and 65. Called again once a team is open: the
   end of MPI is an exit handler too, the latest goes first, and MPI's waits for the other ranks. */
void plx_cli_exits_guard(void);

/* The command has returned: exit() is what it was. */
void plx_cli_exits_allow(void);

#endif
