/* SPDX-License-Identifier: MIT */
/* cli/self_test.h: `parallax compare --self-test`. */
#ifndef PLX_CLI_SELF_TEST_H
#define PLX_CLI_SELF_TEST_H

#include <stdbool.h>

/** True if the command line asks for the self-test instead of a comparison. */
bool plx_cli_self_tests(int argc, char **argv);

/** Parse the rest, run it, print what was found. 0: passed; 70: not, or no comparison came off. */
int plx_cli_self_test(int argc, char **argv);

#endif
