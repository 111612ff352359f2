/* SPDX-License-Identifier: MIT */
/* compare/folder.h: a folder of our own for what launches write. */
#ifndef COMPARE_FOLDER_H
#define COMPARE_FOLDER_H

#include <stdbool.h>

enum { PLX_FOLDER_PATH = 512 };

/** Make one in TMPDIR, or in /tmp. False: it cannot be; errno says why, and path is that place. */
bool plx_folder_make(char path[PLX_FOLDER_PATH]);

#endif
