/* SPDX-License-Identifier: MIT */
/* cli/subject.c: the KERNEL of a command that launches `run`: a file is compiled here and once. */
#include "subject.h"

#include "kernel_file.h"
#include "names.h"

static int take_file(plx_cli_subject *subject, const char *path)
{
    int code = 0;
    subject->file = path;
    if (plx_cli_kernel_is_source(path)) {
        code = plx_cli_build(path, &subject->built);
        subject->file = subject->built.path;
        if (code == 0)
            code = plx_cli_kernel_load(subject->built.path, path, NULL, &subject->object);
    } else {
        code = plx_cli_kernel_open(path, NULL, &subject->object);
    }
    if (code == 0)
        subject->kernel = plx_object_kernel(subject->object);
    return code;
}

int plx_cli_subject_take(plx_cli_subject *subject, const char *word)
{
    return plx_cli_kernel_is_file(word) ? take_file(subject, word)
                                        : plx_cli_find_kernel(word, &subject->kernel);
}

void plx_cli_subject_drop(plx_cli_subject *subject)
{
    plx_object_close(subject->object);
    plx_cli_build_drop(&subject->built);
}
