/* SPDX-License-Identifier: MIT */
/* cli/subject.h: the KERNEL of a command that launches `run` again and again: compiled once. */
#ifndef PLX_CLI_SUBJECT_H
#define PLX_CLI_SUBJECT_H

#include "build.h"
#include "plx/object.h"

/** Zeroed: none. */
typedef struct plx_cli_subject {
    const plx_kernel *kernel;
    const char *file;               /* what the launches are given; NULL: built in, by its name */
    plx_cli_object built;
    plx_object *object;
} plx_cli_subject;

/** A name, or a path to source or object. To be dropped whatever comes. 0, or an exit code after
    printing the line. */
int plx_cli_subject_take(plx_cli_subject *, const char *word);
void plx_cli_subject_drop(plx_cli_subject *);

#endif
