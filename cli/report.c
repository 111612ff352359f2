/* SPDX-License-Identifier: MIT */
/*
 * cli/report.c: `parallax report FILE.json ... -o report.html`: one page that needs nothing else.
 *
 * All files are read and the page is made in memory before the output is begun, so that a bad file
 * or a missing gnuplot costs no old page.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "error.h"
#include "options.h"
#include "output.h"
#include "report_file.h"

enum { FILES_MOST = 64 };

typedef struct request {
    const char *output;
    bool force;
} request;

#define AT(field) offsetof(request, field)

static const plx_cli_option options[] = {
    {"output", 'o', "FILE.html", "the page (default report.html); - is stdout", plx_cli_set_text,
     AT(output), 0, 0, false},
    {"force", 0, NULL, "replace an old page", plx_cli_set_flag, AT(force), 0, 0, false},
    {0}};

static const plx_cli_command command = {
    .name = "report",
    .usage = "report FILE.json ... [-o report.html]",
    .about =
        "Reports of `parallax compare --json` as one HTML page: verdict, table, plots, set-up.\n"
        "The page needs no network and no script; gnuplot draws its plots.",
    .options = options,
};

static int read_files(char **files, size_t count, plx_show *shows)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < count; i++)
        code = plx_cli_report_read("report:", files[i], &shows[i]);
    return code;
}

/* The page as bytes, to be freed. */
static int make_page(const plx_show *shows, char **files, size_t count, char **page, size_t *size)
{
    char why[320] = "";
    const char *names[FILES_MOST];
    for (size_t i = 0; i < count; i++)
        names[i] = files[i];
    FILE *out = open_memstream(page, size);
    if (!out)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    int code = plx_show_page(shows, names, count, out, why);
    bool whole = !ferror(out);
    if ((fclose(out) != 0 || !whole) && code == 0)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    return code && *why ? plx_cli_error(code, "report: %s", why) : code;
}

static int write_page(const request *asked, const char *page, size_t size)
{
    plx_output output = {.fd = -1};
    if (strcmp(asked->output, "-") == 0) {
        fwrite(page, 1, size, stdout);
        return plx_cli_flush(0);
    }
    int code = plx_output_begin(&output, asked->output, asked->force);
    if (code == 0)
        code = plx_output_write(&output, page, size);
    if (code == 0)
        code = plx_output_keep(&output);
    plx_output_drop(&output);
    return code;
}

static int report(const request *asked, char **files, size_t count)
{
    plx_show shows[FILES_MOST] = {{.results = NULL}};
    char *page = NULL;
    size_t size = 0;
    const bool to_file = strcmp(asked->output, "-") != 0;
    int code = to_file ? plx_output_check(asked->output, asked->force) : 0;
    if (code == 0)
        code = read_files(files, count, shows);
    if (code == 0)
        code = make_page(shows, files, count, &page, &size);
    if (code == 0)
        code = write_page(asked, page, size);
    for (size_t i = 0; i < count; i++)
        plx_show_free(&shows[i]);
    free(page);
    return code;
}

int plx_cli_report(int argc, char **argv)
{
    int first;
    request asked = {.output = "report.html"};
    int code = plx_cli_parse(&command, argc, argv, &asked, &first);
    if (code != 0)
        return code == PLX_CLI_DONE ? 0 : code;
    if (first == argc)
        return plx_cli_error(
            PLX_EXIT_USAGE, "report: a FILE is needed, as `parallax compare KERNEL --json` writes");
    if (argc - first > FILES_MOST)
        return plx_cli_error(PLX_EXIT_USAGE, "report: %d files; at most %d are taken", argc - first,
                             FILES_MOST);
    return plx_cli_flush(report(&asked, argv + first, (size_t)(argc - first)));
}
