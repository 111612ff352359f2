/* SPDX-License-Identifier: MIT */
/* core/status.c: names, texts and exit codes, all from the one list in plx.h so that they cannot
   drift. */
#include "plx/plx.h"

#ifndef PLX_VERSION
#error "the build names the version"
#endif

typedef struct entry {
    const char *name, *text;
    int exit;
} entry;

#define ENTRY(name, code, text) [PLX_##name] = {#name, text, code},
static const entry entries[PLX_STATUSES] = {PLX_STATUS_LIST(ENTRY)};

static const entry *find(plx_status status)
{
    bool known = (int)status >= 0 && status < PLX_STATUSES;
    return &entries[known ? status : PLX_INTERNAL];
}

const char *plx_status_name(plx_status status)
{
    return find(status)->name;
}
const char *plx_status_text(plx_status status)
{
    return find(status)->text;
}
int plx_status_exit(plx_status status)
{
    return find(status)->exit;
}
const char *plx_version(void)
{
    return PLX_VERSION;
}
