/* SPDX-License-Identifier: MIT */
/*
 * cli/compare_load.c: an old comparison printed again, as text, JSON or CSV.
 *
 * Nothing is measured, so every option that is about measuring is refused by name instead of being
 * taken without effect. The code is 0 if the report could be shown, whatever it says.
 */
#include "compare_load.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "options.h"
#include "report_file.h"

typedef struct request {
    const char *file;
    bool json, csv;
} request;

#define AT(field) offsetof(request, field)

static const plx_cli_option options[] = {
    {"load", 0, "FILE.json", "show this old report again", plx_cli_set_text, AT(file), 0, 0, false},
    {"json", 0, NULL, "print one JSON object", plx_cli_set_flag, AT(json), 0, 0, false},
    {"csv", 0, NULL, "print one line for each launch", plx_cli_set_flag, AT(csv), 0, 0, false},
    {0}};

static const plx_cli_command command = {
    .name = "compare",
    .usage = "compare --load FILE.json [--json | --csv]",
    .about = "An old report again, as it was printed.",
    .options = options,
};

static bool is_word(const char *argument, const char *word)
{
    const size_t size = strlen(word);
    return strncmp(argument, word, size) == 0 && (argument[size] == '\0' || argument[size] == '=');
}

bool plx_cli_compare_loads(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (is_word(argv[i], "--load"))
            return true;
    return false;
}

/* Whatever begins with a dash and is not in the table above, nor --load's own value. */
static int check_others(int argc, char **argv)
{
    static const char *const known[] = {"--load", "--json", "--csv", "--help", "-h", "--version"};
    for (int i = 1; i < argc; i++) {
        bool good = argv[i][0] != '-';
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            good = good || is_word(argv[i], known[k]);
        if (!good)
            return plx_cli_error(PLX_EXIT_USAGE,
                                 "compare: --load measures nothing, so '%s' does not go with it; "
                                 "--json and --csv do",
                                 argv[i]);
        i += strcmp(argv[i], "--load") == 0;
    }
    return 0;
}

static int print(const request *asked, const plx_show *show)
{
    if (asked->json)
        return plx_cli_json_line(plx_show_json(show));
    if (asked->csv)
        plx_show_csv(show->results, show->count, stdout);
    else
        plx_show_text(show, stdout);
    return 0;
}

static int parse(int argc, char **argv, request *asked)
{
    int first, code = check_others(argc, argv);
    if (code == 0)
        code = plx_cli_parse(&command, argc, argv, asked, &first);
    if (code != 0)
        return code;
    if (first < argc)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "compare: --load takes no KERNEL; '%s' is one too many", argv[first]);
    if (asked->json && asked->csv)
        return plx_cli_error(PLX_EXIT_USAGE, "compare: --json and --csv are one too many");
    return 0;
}

int plx_cli_compare_load(int argc, char **argv)
{
    plx_show show;
    request asked = {.file = NULL};
    int code = parse(argc, argv, &asked);
    if (code != 0)
        return code == PLX_CLI_DONE ? 0 : code;
    code = plx_cli_report_read("compare: --load", asked.file, &show);
    if (code == 0)
        code = print(&asked, &show);
    plx_show_free(&show);
    return plx_cli_flush(code);
}
