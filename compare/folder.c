/* SPDX-License-Identifier: MIT */
/* compare/folder.c: whoever has little room in /tmp says where there is more, and is heard. */
#define _XOPEN_SOURCE 700
#include "compare/folder.h"

#include <stdio.h>
#include <stdlib.h>

bool plx_folder_make(char path[PLX_FOLDER_PATH])
{
    const char *told = getenv("TMPDIR"), *parent = told && *told ? told : "/tmp";
    snprintf(path, PLX_FOLDER_PATH, "%.480s/parallax-XXXXXX", parent);
    if (mkdtemp(path))
        return true;
    snprintf(path, PLX_FOLDER_PATH, "%.480s", parent);
    return false;
}
