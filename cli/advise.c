/* SPDX-License-Identifier: MIT */
/*
 * cli/advise.c: `parallax advise`: options into a plan, one call, print.
 *
 * -P, -i and a kernel's own number of items are for `run` to judge: serial's launch is the first,
 * and its complaint becomes ours.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "compare/advise/advise.h"
#include "error.h"
#include "json.h"
#include "mask.h"
#include "number.h"
#include "option_rows.h"
#include "options.h"
#include "place.h"
#include "subject.h"

enum { WORKERS_MAX = 65536 };

typedef struct request {
    const char *n, *shown; /* as text: whether it was given matters; the KERNEL */
    plx_compare_plan plan;
    plx_cli_texts params;
    int limit;
    bool json;
    plx_cli_subject subject;
} request;

#define AT(field) offsetof(request, field)

static const plx_cli_option options[] = {
    PLX_ROWS_WORK(AT),
    {"workers", 'w', "N", "the most workers to advise (default: what the probes say)",
     plx_cli_set_int, AT(plan.workers), 1, WORKERS_MAX, false},
    PLX_ROWS_LAUNCHES(AT),
    PLX_ROWS_INPUT(AT),
    {0}};

static const plx_cli_command command = {
    .name = "advise",
    .usage = "advise KERNEL [options]",
    .about = "Which model, how many workers, which schedule and grain: from short probes of the\n"
             "kernel at this n, some seconds in all, each answer with its reason and number.",
    .options = options,
};

static int parse(request *asked, int argc, char **argv)
{
    int first, code = plx_cli_parse(&command, argc, argv, asked, &first);
    if (code != 0)
        return code;
    if (plx_cli_where().launched)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "advise: starts mpirun itself; run it without mpirun or srun");
    if (argc - first < 1)
        return plx_cli_error(PLX_EXIT_USAGE, "advise: no KERNEL; see parallax list");
    if (argc - first > 1)
        return plx_cli_error(PLX_EXIT_USAGE, "advise: '%s' is one too many; it takes one KERNEL",
                             argv[first + 1]);
    asked->shown = argv[first];
    asked->plan.params = asked->params.text;
    asked->plan.params_count = asked->params.count;
    asked->plan.limit_s = asked->limit;
    asked->plan.progress = isatty(STDERR_FILENO) != 0;
    asked->plan.n_given = asked->n != NULL;
    if (asked->n)
        code = plx_cli_size("-n", asked->n, 0, (size_t)PLX_CLI_COUNT_MAX, &asked->plan.n);
    if (code == 0)
        code = plx_cli_subject_take(&asked->subject, asked->shown);
    asked->plan.kernel = asked->subject.kernel;
    asked->plan.file = asked->subject.file;
    return code;
}

static int advise(const request *asked)
{
    plx_advise_result advice;
    char why[320];
    int code = plx_advise(&asked->plan, asked->shown, &advice, why);
    if (code != 0 && why[0])
        plx_cli_error(code, "%s", why);
    if (code == 0 && asked->json)
        code = plx_cli_json_line(plx_advise_json(&advice));
    else if (code == 0)
        plx_advise_write_text(&advice, stdout);
    plx_advise_free(&advice);
    return code;
}

int plx_cli_advise(int argc, char **argv)
{
    request asked = {.plan = {.seed = 1}};
    plx_cli_mask_restore();
    int code = parse(&asked, argc, argv);
    if (code == 0)
        code = plx_cli_flush(advise(&asked));
    plx_cli_subject_drop(&asked.subject);
    return code == PLX_CLI_DONE ? 0 : code;
}
