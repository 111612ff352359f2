/* SPDX-License-Identifier: MIT */
/*
 * cli/compare.c: `parallax compare`: options into a plan, one call, print.
 *
 * What belongs to the work itself (-P, -i, --grain) is handed on to `run` as text: serial's launch
 * is the first, and its complaint becomes ours, so both commands say the same of the same mistake.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "compare/compare.h"
#include "compare/report/show.h"
#include "compare_load.h"
#include "compare_sweep.h"
#include "duration.h"
#include "error.h"
#include "factors.h"
#include "json.h"
#include "mask.h"
#include "number.h"
#include "option_rows.h"
#include "options.h"
#include "place.h"
#include "subject.h"
#include "self_test.h"

enum { SET_MAX = 8, SET_S = 135, WORKERS_MAX = 65536 };

typedef struct request {
    const char *n;                      /* as text: whether it was given matters */
    plx_compare_plan plan;
    plx_cli_texts models, params;
    plx_cli_factors factors;
    plx_cli_sweep sweep;
    int limit;
    bool json, csv;
    bool self_test;                     /* never set: self_test.c takes that command line */
    const char *load;                   /* never set: compare_load.c takes that command line */
    plx_cli_subject subject;            /* the KERNEL */
} request;

/* "a,b": cut at the commas, in argv's own memory, which C lets us change. */
static int set_models(const plx_cli_option *option, void *field, const char *text)
{
    int code = 0;
    char *word = (char *)(uintptr_t)text, *comma;
    for (; code == 0 && word; word = comma) {
        comma = strchr(word, ',');
        if (comma)
            *comma++ = '\0';
        code = plx_cli_set_texts(option, field, word);
    }
    return code;
}

#define AT(field) offsetof(request, field)

static const plx_cli_option options[] = {
    PLX_ROWS_WORK(AT),
    { "workers", 'w', "N", "workers in all, the same for every model (default: the cores)",
      plx_cli_set_int, AT(plan.workers), 1, WORKERS_MAX, false },
    { "models", 0, "A,B,...", "the models to compare (default: all); serial is always the base",
      set_models, AT(models), 0, 0, false },
    { "ranks", 0, "R", "ranks of the hybrids; divides the workers (default: by NUMA nodes)",
      plx_cli_set_int, AT(plan.ranks), 1, WORKERS_MAX, false },
    { "oversubscribe", 0, NULL, "let more ranks than cores share them", plx_cli_set_flag,
      AT(plan.oversubscribe), 0, 0, false },
    { "budget", 0, "TIME", "for all rounds: 60s (default; the three kernels: 135s), 2m, 500ms",
      plx_cli_set_duration, AT(plan.budget_s), 1, 86400000, false },
    { "rounds", 0, "R", "launches of each model, in place of a budget (6 or more tell something)",
      plx_cli_set_int, AT(plan.rounds), 1, 1000, false },
    { "repeats", 0, "K", "timed calls in each launch (default 3)", plx_cli_set_int,
      AT(plan.repeats), 1, 1000, false },
    PLX_ROWS_LAUNCHES(AT),
    { "schedule", 0, "NAME", "guided (default), static or dynamic", plx_cli_set_level,
      AT(factors), 0, 0, false },
    { "grain", 0, "G", "items a block (default: the kernel's)", plx_cli_set_level, AT(factors), 0,
      0, false },
    { "factor", 0, "NAME=A,B", "a row for each level; one level: set it. May be given again",
      plx_cli_set_factor, AT(factors), 0, 0, true },
    { "sweep", 0, "AXIS=A..B", "at several points: workers=1..8, n=1e4..1e9, n=1e4,5e4,2e6",
      plx_cli_set_sweep, AT(sweep), 0, 0, false },
    { "metg", 0, NULL, "how short blocks may be at half of the peak (default KERNEL: busy)",
      plx_cli_set_flag, AT(sweep.metg), 0, 0, false },
    PLX_ROWS_INPUT(AT),
    { "csv", 0, NULL, "print one line for each launch", plx_cli_set_flag, AT(csv), 0, 0, false },
    { "load", 0, "FILE.json", "measure nothing: show this old report again", plx_cli_set_text,
      AT(load), 0, 0, false },
    { "self-test", 0, NULL, "can it be believed here? `compare --self-test --help`",
      plx_cli_set_flag, AT(self_test), 0, 0, false },
    { 0 }
};

static const plx_cli_command command = {
    .name = "compare",
    .usage = "compare [KERNEL] [options]",
    .about = "The same work under every model: equal answers first, then time. Each launch is\n"
             "a process of its own, in random order. Without KERNEL three kernels are compared.",
    .options = options,
};

/* Without a kernel the set says what is run; what only fits one kernel is refused. */
static int check_set(const request *asked)
{
    const struct { const char *name; bool given; } one[] = {
        { "-p", asked->plan.pattern != NULL }, { "-n", asked->n != NULL },
        { "-P", asked->params.count > 0 },     { "-i", asked->plan.input != NULL },
        { "--factor grain", plx_cli_factors_find(&asked->factors, "grain") != NULL },
        { "--sweep", asked->sweep.points.count > 0 },
    };
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        if (one[i].given)
            return plx_cli_error(PLX_EXIT_USAGE, "compare: %s needs a KERNEL to go with it",
                                 one[i].name);
    return 0;
}

/* How many items: as told, else as in the set, else what `run` takes, else by time. */
static int take_items(request *asked)
{
    plx_compare_plan member = { 0 };
    for (size_t i = 0; !asked->plan.input && plx_compare_set_at(i, &member); i++)
        if (member.kernel == asked->plan.kernel) {
            asked->plan.n = member.n;
            asked->plan.n_given = true;
        }
    if (asked->n) {
        asked->plan.n_given = true;
        return plx_cli_size("-n", asked->n, 0, (size_t)PLX_CLI_COUNT_MAX, &asked->plan.n);
    }
    asked->plan.choose_n =
        !asked->plan.n_given && !asked->plan.input && asked->plan.kernel->in_size != PLX_VARIES;
    return 0;
}

static int take_kernel(request *asked, const char *word)
{
    int code = plx_cli_subject_take(&asked->subject, word);
    asked->plan.kernel = asked->subject.kernel;
    asked->plan.file = asked->subject.file;
    return code == 0 ? take_items(asked) : code;
}

/* What a sweep or --metg sets itself cannot be told. */
static int check_sweep(const request *asked)
{
    const bool sweep = asked->sweep.points.count > 0, metg = asked->sweep.metg,
               workers = sweep && asked->sweep.points.axis == PLX_SWEEP_WORKERS;
    const struct { const char *one, *other; bool both; } clash[] = {
        { "--sweep", "--metg", sweep && metg },
        { "--sweep workers", "-w", workers && asked->plan.workers != 0 },
        { "--sweep n", "-n", sweep && !workers && asked->n },
        { "--metg", "-n", metg && asked->n },
        { "--metg", "-p", metg && asked->plan.pattern },
        { "--metg", "-i", metg && asked->plan.input },
        { "--metg", "--grain", metg && plx_cli_factors_find(&asked->factors, "grain") },
        { "--metg", "--schedule", metg && plx_cli_factors_find(&asked->factors, "schedule") },
        { "--metg", "--csv", metg && asked->csv },
    };
    for (size_t i = 0; i < sizeof clash / sizeof *clash; i++)
        if (clash[i].both)
            return plx_cli_error(PLX_EXIT_USAGE, "compare: %s and %s: allowed is one of them",
                                 clash[i].one, clash[i].other);
    return 0;
}

/* Serial alone has nothing to be compared with; its factors' levels, a sweep's points do. */
static int check_alone(const request *asked)
{
    bool alone = asked->models.count == 1 && strcmp(asked->models.text[0], "serial") == 0 &&
                 asked->sweep.points.count == 0 && !asked->sweep.metg;
    for (size_t f = 0; f < asked->factors.count; f++)
        alone = alone && asked->factors.factor[f].count < 2;
    return alone ? plx_cli_error(PLX_EXIT_USAGE, "--models serial: is a row alone; name another "
                                                 "model, or serial,serial")
                 : 0;
}

/* The shortest blocks need short items, and busy's are as long as they are told to be. */
static int take_metg(request *asked, const char *word)
{
    bool told = false;
    for (size_t i = 0; i < asked->params.count; i++)
        told = told || strncmp(asked->params.text[i], "ops=", 4) == 0;
    if (!told && strcmp(word, "busy") == 0 && asked->params.count < PLX_CLI_LIST_MAX)
        asked->params.text[asked->params.count++] = "ops=300";
    asked->plan.params_count = asked->params.count;
    return take_kernel(asked, word);
}

static int parse(request *asked, int argc, char **argv)
{
    int first, code = plx_cli_parse(&command, argc, argv, asked, &first);
    if (code != 0)
        return code;
    if (plx_cli_where().launched)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "compare: starts mpirun itself; run it without mpirun or srun");
    if (argc - first > 1)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "compare: '%s' is one too many; it takes one KERNEL at most",
                             argv[first + 1]);
    if (asked->json && asked->csv)
        return plx_cli_error(PLX_EXIT_USAGE, "compare: --json and --csv are one too many");
    if (asked->plan.rounds != 0 && asked->plan.budget_s > 0)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "compare: --rounds and --budget: allowed is one of them");
    code = check_sweep(asked);
    if (code == 0)
        code = check_alone(asked);
    if (code != 0)
        return code;
    asked->plan.models = asked->models.count ? asked->models.text : NULL;
    asked->plan.models_count = asked->models.count;
    asked->plan.params = asked->params.text;
    asked->plan.params_count = asked->params.count;
    asked->plan.factors = asked->factors.factor;
    asked->plan.factors_count = asked->factors.count;
    asked->plan.limit_s = asked->limit;
    asked->plan.progress = isatty(STDERR_FILENO) != 0;
    if (asked->sweep.metg)
        return take_metg(asked, first < argc ? argv[first] : "busy");
    return first < argc ? take_kernel(asked, argv[first]) : check_set(asked);
}

/* In a set it matters whose complaint it is, and that what it says of the budget is of a share. */
static int complain(const request *asked, const plx_compare_plan *plan, int code, const char *why)
{
    if (asked->plan.kernel)
        return plx_cli_error(code, "%s", why);
    return plx_cli_error(code, "%s%s: %s", plan->kernel->name,
                         plan->rounds == 0 && code == PLX_EXIT_USAGE
                             ? ", which has its equal share of the budget"
                             : "",
                         why);
}

/* One comparison; its text at once, so that a reader need not wait for the set. */
static int compare_one(const request *asked, const plx_compare_plan *plan,
                       plx_compare_result *result, bool first)
{
    char why[320];
    int code = plx_compare(plan, result, why);
    if (code != 0)
        return why[0] ? complain(asked, plan, code, why) : code;
    if (!asked->json && !asked->csv) {
        if (first)
            plx_compare_write_host(&result->host, stdout);
        putchar('\n');
        plx_compare_write_text(result, stdout);
        fflush(stdout);
    }
    return 0;
}

static int compare_kernel(const request *asked)
{
    plx_compare_result result;
    int code = compare_one(asked, &asked->plan, &result, true);
    if (code == 0 && asked->json)
        code = plx_cli_json_line(plx_compare_json(&result));
    if (code == 0 && asked->csv)
        plx_show_csv(&result, 1, stdout);
    if (code == 0)
        code = plx_compare_exit(&result);
    plx_compare_free(&result);
    return code;
}

/* The set's exit code: a wrong answer before any other failure, else the first one. */
static int compare_set(const request *asked)
{
    plx_compare_result results[SET_MAX];
    plx_compare_plan plan = asked->plan;
    size_t count = 0, members = 0;
    int code = 0, worst = 0;
    while (members < SET_MAX && plx_compare_set_at(members, &plan))
        members++;
    plan = asked->plan;
    if (plan.rounds == 0)
        plan.budget_s = (plan.budget_s > 0 ? plan.budget_s : SET_S) / (double)members;
    while (code == 0 && count < members && plx_compare_set_at(count, &plan)) {
        plan.workers = asked->plan.workers ? asked->plan.workers : plan.workers;
        code = compare_one(asked, &plan, &results[count], count == 0);
        count++;
        int mine = code == 0 ? plx_compare_exit(&results[count - 1]) : 0;
        if (worst == 0 || mine == plx_status_exit(PLX_MISMATCH))
            worst = mine;
    }
    if (code == 0 && asked->json)
        code = plx_cli_json_line(plx_compare_set_json(results, count));
    if (code == 0 && asked->csv)
        plx_show_csv(results, count, stdout);
    for (size_t i = 0; i < count; i++)
        plx_compare_free(&results[i]);
    return code ? code : worst;
}

static int measure(const request *asked)
{
    if (asked->sweep.points.count > 0)
        return plx_cli_sweep_print(&asked->plan, &asked->sweep, asked->json, asked->csv);
    if (asked->sweep.metg)
        return plx_cli_metg_print(&asked->plan, asked->json);
    return asked->plan.kernel ? compare_kernel(asked) : compare_set(asked);
}

int plx_cli_compare(int argc, char **argv)
{
    request asked = { .plan = { .seed = 1 } };
    plx_cli_mask_restore();
    if (plx_cli_compare_loads(argc, argv))
        return plx_cli_compare_load(argc, argv);
    if (plx_cli_self_tests(argc, argv))
        return plx_cli_self_test(argc, argv);
    int code = parse(&asked, argc, argv);
    if (code == 0)
        code = plx_cli_flush(measure(&asked));
    plx_cli_subject_drop(&asked.subject);
    return code == PLX_CLI_DONE ? 0 : code;
}
