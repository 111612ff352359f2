/* SPDX-License-Identifier: MIT */
/* cli/build.h: a user's C file into a shared object. */
#ifndef PLX_CLI_BUILD_H
#define PLX_CLI_BUILD_H

/** A folder of our own with one object in it; path is empty if there is none. */
typedef struct plx_cli_object {
    char folder[4096], path[4112];
} plx_cli_object;

/**
 * Compile a C file by $CC (default cc; words are split at blanks) against Parallax's headers. What
 * the compiler says goes to stderr as it is.
 *
 * Errors   0, or an exit code after printing the line: 65 does not compile, or everybody may write
 *          to it, 66 missing, 69 no compiler or no headers, 71
 */
int plx_cli_build(const char *source, plx_cli_object *);
void plx_cli_build_drop(plx_cli_object *);

#endif
