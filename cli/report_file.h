/* SPDX-License-Identifier: MIT */
/* cli/report_file.h: an old report from a file, or the line that says what is wrong with it. */
#ifndef PLX_CLI_REPORT_FILE_H
#define PLX_CLI_REPORT_FILE_H

#include "compare/report/show.h"

/** who: how messages begin, as in "report" or "compare: --load". 0, or 65, 66, 71 after printing;
    plx_show_free() takes it either way. */
int plx_cli_report_read(const char *who, const char *path, plx_show *);

#endif
