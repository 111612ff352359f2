/* SPDX-License-Identifier: MIT */
/* cli/commands.h: the commands, each with argv[0] its own name; they return the exit code. */
#ifndef PLX_CLI_COMMANDS_H
#define PLX_CLI_COMMANDS_H

int plx_cli_list(int argc, char **argv);
int plx_cli_run(int argc, char **argv);
int plx_cli_new(int argc, char **argv);
int plx_cli_compare(int argc, char **argv);
int plx_cli_report(int argc, char **argv);
int plx_cli_check(int argc, char **argv);
int plx_cli_advise(int argc, char **argv);
int plx_cli_doctor(int argc, char **argv);
int plx_cli_batch(int argc, char **argv);
int plx_cli_journal(int argc, char **argv);

#endif
