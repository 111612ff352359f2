/* SPDX-License-Identifier: MIT */
/*
 * cli/compare.c: `parallax compare`: options into a plan, one call, print.
 *
 * What belongs to the work itself (-P, -i, --schedule, --grain) is handed on to `run` as text:
 * serial's launch is the first, and its complaint becomes ours, so both commands say the same of
 * the same mistake.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "commands.h"
#include "compare/compare.h"
#include "error.h"
#include "factors.h"
#include "kernel_file.h"
#include "names.h"
#include "number.h"
#include "options.h"
#include "place.h"

enum { SET_MAX = 8, WORKERS_MAX = 65536 };

typedef struct request {
    const char *n;                      /* as text: whether it was given matters */
    plx_compare_plan plan;
    plx_cli_texts models, params;
    plx_cli_factors factors;
    int limit;
    bool json;
    plx_cli_object built;               /* a user's kernel, compiled once for all launches */
    plx_object *object;
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
    { "pattern", 'p', "PATTERN", "default: reduce if the kernel folds, else map", plx_cli_set_text,
      AT(plan.pattern), 0, 0, false },
    { "items", 'n', "N", "number of items, 1e9 too", plx_cli_set_text, AT(n), 0, 0, false },
    { "workers", 'w', "N", "workers in all, the same for every model (default: the cores)",
      plx_cli_set_int, AT(plan.workers), 1, WORKERS_MAX, false },
    { "models", 0, "A,B,...", "the models to compare (default: all); serial is always the base",
      set_models, AT(models), 0, 0, false },
    { "ranks", 0, "R", "ranks of the hybrids; divides the workers (default: by NUMA nodes)",
      plx_cli_set_int, AT(plan.ranks), 1, WORKERS_MAX, false },
    { "rounds", 0, "R", "launches of each model (default 7; 6 are needed to tell anything)",
      plx_cli_set_int, AT(plan.rounds), 1, 1000, false },
    { "repeats", 0, "K", "timed calls in each launch (default 3)", plx_cli_set_int,
      AT(plan.repeats), 1, 1000, false },
    { "seed", 0, "S", "of the order of launches and of made input (default 1)", plx_cli_set_u64,
      AT(plan.seed), 0, UINT64_MAX, false },
    { "limit", 0, "S", "longest that one launch may take, in seconds (default 600)",
      plx_cli_set_int, AT(limit), 1, 604800, false },
    { "schedule", 0, "NAME", "guided (default), static or dynamic", plx_cli_set_level,
      AT(factors), 0, 0, false },
    { "grain", 0, "G", "items a block (default: the kernel's)", plx_cli_set_level, AT(factors), 0,
      0, false },
    { "factor", 0, "NAME=A,B", "a row for each level; one level: set it. May be given again",
      plx_cli_set_factor, AT(factors), 0, 0, true },
    { "param", 'P', "KEY=VALUE", "a parameter of the kernel; may be given more than once",
      plx_cli_set_texts, AT(params), 0, 0, true },
    { "input", 'i', "FILE.npy", "the items", plx_cli_set_text, AT(plan.input), 0, 0, false },
    { "json", 0, NULL, "print one JSON object", plx_cli_set_flag, AT(json), 0, 0, false },
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
    };
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        if (one[i].given)
            return plx_cli_error(PLX_EXIT_USAGE, "compare: %s needs a KERNEL to go with it",
                                 one[i].name);
    return 0;
}

/* A file's kernel: every launch runs the same object. */
static int take_file(request *asked, const char *path)
{
    int code = 0;
    asked->plan.file = path;
    if (plx_cli_kernel_is_source(path)) {
        code = plx_cli_build(path, &asked->built);
        asked->plan.file = asked->built.path;
        if (code == 0)
            code = plx_cli_kernel_load(asked->built.path, path, NULL, &asked->object);
    } else {
        code = plx_cli_kernel_open(path, NULL, &asked->object);
    }
    if (code == 0)
        asked->plan.kernel = plx_object_kernel(asked->object);
    return code;
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
    int code = plx_cli_kernel_is_file(word) ? take_file(asked, word)
                                            : plx_cli_find_kernel(word, &asked->plan.kernel);
    return code == 0 ? take_items(asked) : code;
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
    asked->plan.models = asked->models.count ? asked->models.text : NULL;
    asked->plan.models_count = asked->models.count;
    asked->plan.params = asked->params.text;
    asked->plan.params_count = asked->params.count;
    asked->plan.factors = asked->factors.factor;
    asked->plan.factors_count = asked->factors.count;
    asked->plan.limit_s = asked->limit;
    asked->plan.progress = isatty(STDERR_FILENO) != 0;
    return first < argc ? take_kernel(asked, argv[first]) : check_set(asked);
}

/* One comparison; its text at once, so that a reader need not wait for the set. */
static int compare_one(const request *asked, const plx_compare_plan *plan,
                       plx_compare_result *result, bool first)
{
    char why[320];
    int code = plx_compare(plan, result, why);
    if (code != 0)
        return why[0] ? plx_cli_error(code, "%s", why) : code;
    if (!asked->json) {
        if (first)
            plx_compare_write_host(&result->host, stdout);
        putchar('\n');
        plx_compare_write_text(result, stdout);
        fflush(stdout);
    }
    return 0;
}

static int print_json(char *line)
{
    if (!line)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    puts(line);
    free(line);
    return 0;
}

static int compare_kernel(const request *asked)
{
    plx_compare_result result;
    int code = compare_one(asked, &asked->plan, &result, true);
    if (code == 0 && asked->json)
        code = print_json(plx_compare_json(&result));
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
    size_t count = 0;
    int code = 0, worst = 0;
    while (code == 0 && count < SET_MAX && plx_compare_set_at(count, &plan)) {
        plan.workers = asked->plan.workers ? asked->plan.workers : plan.workers;
        code = compare_one(asked, &plan, &results[count], count == 0);
        count++;
        int mine = code == 0 ? plx_compare_exit(&results[count - 1]) : 0;
        if (worst == 0 || mine == plx_status_exit(PLX_MISMATCH))
            worst = mine;
    }
    if (code == 0 && asked->json)
        code = print_json(plx_compare_set_json(results, count));
    for (size_t i = 0; i < count; i++)
        plx_compare_free(&results[i]);
    return code ? code : worst;
}

int plx_cli_compare(int argc, char **argv)
{
    request asked = { .plan = { .seed = 1 } };
    int code = parse(&asked, argc, argv);
    if (code == 0)
        code = plx_cli_flush(asked.plan.kernel ? compare_kernel(&asked) : compare_set(&asked));
    plx_object_close(asked.object);
    plx_cli_build_drop(&asked.built);
    return code == PLX_CLI_DONE ? 0 : code;
}
