/* SPDX-License-Identifier: MIT */
/*
 * files.c: many files at once: size, lines and checksum of each, told in the order of the items.
 *
 * Items are paths, which differ in length: item i is bytes [at[i], at[i+1]). A file that is missing
 * costs itself alone. Paths are rank 0's; every rank must see the files behind them.
 */
#define _POSIX_C_SOURCE 200809L
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILES = 5, MISSING = 3 };
typedef struct digest { uint64_t size, lines; unsigned char xxh64[8]; } digest;
static char folder[] = "/tmp/plx_files_XXXXXX", name[FILES][40];

static void make_file(size_t i)
{
    FILE *file = i == MISSING ? NULL : fopen(name[i], "w");
    for (size_t line = 0; file && line <= 1000 * i; line++)
        fprintf(file, "line %zu of file %zu\n", line, i);
    if (file)
        fclose(file);
}

int main(int argc, char **argv)
{
    char paths[sizeof name];
    size_t at[FILES + 1] = { 0 };                       /* one path after another */
    digest out[FILES];
    plx_failure failed[FILES];
    plx_job job = { .kernel = plx_kernel_find("file_digest"), .n = FILES, .in = paths, .at = at,
                    .out = out, .keep_going = true, .failures = failed, .failures_cap = FILES };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    const bool root = plx_team_rank(team) == 0 && mkdtemp(folder);
    for (size_t i = 0; root && i < FILES; i++) {
        snprintf(name[i], sizeof name[i], "%s/file_%zu", folder, i);
        at[i + 1] = at[i] + (size_t)snprintf(paths + at[i], sizeof paths - at[i], "%s", name[i]);
        make_file(i);
    }
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    if (status != PLX_OK && status != PLX_ITEM_FAILED)
        fprintf(stderr, "files: %s\n", report.why[0] ? report.why : plx_status_text(status));
    for (size_t i = 0, f = 0; root && i < report.n; i++)
        if (f < report.failures && failed[f].item == i)
            printf("file %zu: error %d\n", i, failed[f++].code);
        else
            printf("file %zu: %d bytes, %d lines, checksum %02x%02x...\n", i, (int)out[i].size,
                   (int)out[i].lines, out[i].xxh64[0], out[i].xxh64[1]);
    for (size_t i = 0; root && i <= FILES; i++)
        remove(i < FILES ? name[i] : folder);
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);
}
