/* SPDX-License-Identifier: MIT */
/*
 * cli/journal.c: `parallax journal stat|verify|export DIR`: what a batch has recorded.
 *
 * A journal is only ever read here: so this is safe while a batch is writing it.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "error.h"
#include "journal_verbs.h"
#include "options.h"
#include "plx/plx.h"

typedef struct request {
    bool json;
} request;

static const plx_cli_option options[] = {
    {"json", 0, NULL, "stat, verify: one object; export: JSON Lines, an object for each item",
     plx_cli_set_flag, offsetof(request, json), 0, 0, false},
    {0}};

static const struct {
    const char *name;
    int (*run)(const char *folder, bool json);
} verbs[] = {
    {"stat", plx_journal_stat}, {"verify", plx_journal_verify}, {"export", plx_journal_export}};
enum { VERBS = sizeof verbs / sizeof *verbs };

static void print_more(void)
{
    puts("\nstat     segments, sessions, items by their final state, damage, the last writer\n"
         "verify   reads every byte; a line for each damaged segment, and exit code 65 if there\n"
         "         is one: a batch that is resumed runs again what was lost there\n"
         "export   the final state of each item: tab-separated text, or JSON Lines. By key,\n"
         "         which is made of an item's content: the same batch gives the same order,\n"
         "         however often it was interrupted");
}

static const plx_cli_command command = {
    .name = "journal",
    .usage = "journal stat|verify|export DIR [--json]",
    .about = "What a batch has recorded in its journal DIR, which may be in use.",
    .options = options,
    .more = print_more,
};

int plx_journal_read_all(const char *folder, const plx_reading *reading, plx_journal_report *report)
{
    struct stat st;
    char why[PLX_JOURNAL_WHY];
    if (stat(folder, &st) != 0)
        return plx_cli_error(PLX_EXIT_INPUT, "journal: '%s': cannot be read: %s", folder,
                             strerror(errno));
    plx_status status = plx_journal_read(folder, reading, report, why);
    if (status != PLX_OK)
        return *why ? plx_cli_error(plx_status_exit(status), "journal: %s", why)
                    : plx_cli_error(plx_status_exit(status), "journal: '%s': %s", folder,
                                    plx_status_text(status));
    if (report->segments == 0)
        return plx_cli_error(PLX_EXIT_INPUT, "journal: '%s': holds no journal", folder);
    if (report->newer > 0)
        return plx_cli_error(plx_status_exit(PLX_MISMATCH),
                             "journal: '%s': was written by a newer version of parallax", folder);
    return 0;
}

int plx_cli_journal(int argc, char **argv)
{
    int first;
    request asked = {false};
    int code = plx_cli_parse(&command, argc, argv, &asked, &first);
    if (code != 0)
        return code == PLX_CLI_DONE ? 0 : code;
    const char *verb = first < argc ? argv[first] : "";
    for (size_t i = 0; i < VERBS; i++) {
        if (strcmp(verb, verbs[i].name) != 0)
            continue;
        if (argc - first != 2 || *argv[first + 1] == '\0')
            return plx_cli_error(PLX_EXIT_USAGE,
                                 "journal %s: one folder is needed, as batch --journal names it",
                                 verb);
        return plx_cli_flush(verbs[i].run(argv[first + 1], asked.json));
    }
    return plx_cli_error(PLX_EXIT_USAGE, "journal: '%s': not allowed; stat, verify or export",
                         verb);
}
