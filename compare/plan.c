/* SPDX-License-Identifier: MIT */
/*
 * compare/plan.c: defaults, what can be refused before a launch, and a row's command line.
 *
 * A launch is told what differs from what the program does anyway, and nothing else, so that its
 * command is one that a user would type.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/plan.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare/factor.h"
#include "compare/rows.h"
#include "compare/why.h"

int plx_plan_ranks(int workers, int nodes)
{
    int ranks = nodes < workers ? nodes : workers;
    while (ranks > 1 && workers % ranks != 0)
        ranks--;
    return ranks > 1 ? ranks : 1;
}

int plx_plan_nodes(void)
{
    int nodes = 0;
    DIR *dir = opendir("/sys/devices/system/node");
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        nodes += strncmp(entry->d_name, "node", 4) == 0 && entry->d_name[4] >= '0' &&
                 entry->d_name[4] <= '9';
    if (dir)
        closedir(dir);
    return nodes > 1 ? nodes : 1;
}

static bool known(const char *model)
{
    plx_model_info info;
    for (size_t i = 0; plx_model_at(i, &info); i++)
        if (strcmp(info.name, model) == 0)
            return true;
    return false;
}

static void allowed(char text[200])
{
    plx_model_info info;
    text[0] = '\0';
    for (size_t i = 0, used = 0; used < 200 && plx_model_at(i, &info); i++)
        used += (size_t)snprintf(text + used, 200 - used, "%s%s", i ? ", " : "", info.name);
}

/* The n-th sample has room, whatever is already there. */
bool plx_plan_room(plx_compare_row *row, size_t samples)
{
    double **times[] = {&row->work_s, &row->open_s, &row->launch_s};
    bool good = true;
    for (size_t t = 0; t < 3; t++) {
        double *larger = realloc(*times[t], samples * sizeof *larger);
        *times[t] = larger ? larger : *times[t];
        good = good && larger;
    }
    plx_compare_phases *phases = realloc(row->phases, samples * sizeof *phases);
    row->phases = phases ? phases : row->phases;
    return good && phases;
}

static void fill(plx_compare_plan *plan)
{
    if (!plan->pattern)
        plan->pattern = plx_pattern_name(plan->kernel->fold ? PLX_REDUCE : PLX_MAP);
    plan->workers = plan->workers ? plan->workers : plx_cores();
    /* the report says that they share cores */
    plan->oversubscribe = plan->oversubscribe || plan->workers > plx_cores();
    if (plan->rounds == 0 && !(plan->budget_s > 0))
        plan->budget_s = 60;
    plan->repeats = plan->repeats ? plan->repeats : 3;
    plan->limit_s = plan->limit_s > 0 ? plan->limit_s : 600;
}

/* 0, or 64 with why. Ranks: given ones must divide the workers. */
static int check(plx_compare_plan *plan, char why[320])
{
    char names[200];
    int pattern = 0;
    while (pattern < PLX_PATTERNS &&
           strcmp(plx_pattern_name((plx_pattern)pattern), plan->pattern) != 0)
        pattern++;
    if (pattern == PLX_PATTERNS)
        return plx_why_refuse(why,
                              "-p %.60s: unknown pattern; allowed: map, reduce, scan, fan, batch, "
                              "pipeline, task, priority",
                              plan->pattern);
    if (!plx_kernel_fits(plan->kernel, (plx_pattern)pattern))
        return plx_why_refuse(why, "-p %s: the kernel %s cannot be run by it", plan->pattern,
                              plan->kernel->name);
    for (size_t i = 0; plan->models && i < plan->models_count; i++) {
        if (known(plan->models[i]))
            continue;
        allowed(names);
        return plx_why_refuse(why, "--models %.60s: unknown model; allowed: %s", plan->models[i],
                              names);
    }
    if (plan->ranks != 0 && (plan->ranks < 1 || plan->workers % plan->ranks != 0))
        return plx_why_refuse(why, "--ranks %d: must divide the %d workers (-w)", plan->ranks,
                              plan->workers);
    if (plan->ranks == 0)
        plan->ranks = plx_plan_ranks(plan->workers, plx_plan_nodes());
    return 0;
}

/* Our own path, so that `ps` tells what runs; the link itself if the file was replaced since. */
static const char *own_path(char path[4096])
{
    ssize_t size = readlink("/proc/self/exe", path, 4095);
    path[size > 0 ? size : 0] = '\0';
    return size > 0 && access(path, X_OK) == 0 ? path : "/proc/self/exe";
}

/* "key=value key=value", or NULL: none, or no memory. */
static char *join_params(const plx_compare_plan *plan)
{
    size_t size = 0;
    for (size_t i = 0; i < plan->params_count; i++)
        size += strlen(plan->params[i]) + 1;
    char *text = size ? calloc(size, 1) : NULL;
    for (size_t i = 0; text && i < plan->params_count; i++) {
        strcat(text, i ? " " : "");
        strcat(text, plan->params[i]);
    }
    return text;
}

/* What the report says of the work. */
static bool describe(plx_compare_result *result)
{
    const plx_compare_plan *plan = &result->plan;
    plx_compare_about *about = &result->about;
    snprintf(about->kernel, sizeof about->kernel, "%s", plan->kernel->name);
    snprintf(about->pattern, sizeof about->pattern, "%s", plan->pattern);
    about->waits = (plan->kernel->flags & PLX_WAITS) != 0;
    about->workers = plan->workers;
    about->repeats = plan->repeats;
    about->seed = plan->seed;
    about->better = plan->kernel->better ? strdup(plan->kernel->better) : NULL;
    about->params = join_params(plan);
    return (!plan->kernel->better || about->better) && (!plan->params_count || about->params);
}

int plx_plan_make(const plx_compare_plan *plan, plx_compare_result *result, char why[320])
{
    result->plan = *plan;
    if (!plan->program)
        result->plan.program = own_path(result->program);
    fill(&result->plan);
    int code = check(&result->plan, why);
    if (code == 0 && !describe(result))
        code = plx_why_no_memory(why);
    return code == 0 ? plx_rows_make(result, why) : code;
}

/* argv and its numbers in one piece */
typedef struct command {
    char **argv, *text;
    size_t used;
} command;

static void add(command *line, const char *word)
{
    line->argv[line->used++] = (char *)(uintptr_t)word; /* exec reads words only */
}

__attribute__((format(printf, 3, 4))) static void add_number(command *line, const char *option,
                                                             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(line->text, 24, format, args);
    va_end(args);
    add(line, option);
    add(line, line->text);
    line->text += 24;
}

static void add_pair(command *line, const char *option, const char *value)
{
    if (value) {
        add(line, option);
        add(line, value);
    }
}

/* Room for all words, the program's name in it; argv NULL without memory. */
static command begin_command(const plx_compare_plan *plan)
{
    enum { WORDS = 40, NUMBERS = 8 };
    size_t words = WORDS + 2 * plan->params_count;
    command line = {.argv = malloc(words * sizeof(char *) + NUMBERS * (size_t)24)};
    if (line.argv) {
        line.text = (char *)(line.argv + words);
        add(&line, plan->program);
    }
    return line;
}

/* What belongs to the work itself. */
static void add_work(command *line, const plx_compare_plan *plan)
{
    if (plan->n_given)
        add_number(line, "-n", "%zu", plan->n);
    add_number(line, "--seed", "%" PRIu64, plan->seed);
    for (size_t i = 0; i < plan->params_count; i++)
        add_pair(line, "-P", plan->params[i]);
    add_pair(line, "-i", plan->input);
    add(line, "--json");
}

char **plx_plan_check_command(const plx_compare_plan *plan)
{
    command line = begin_command(plan);
    if (!line.argv)
        return NULL;
    add(&line, "check");
    add(&line, plan->file);
    add_work(&line, plan);
    add(&line, NULL);
    return line.argv;
}

/* What the row is told, but for what the program takes anyway. */
static void add_levels(command *line, const plx_compare_plan *plan, const plx_compare_row *row)
{
    static const struct {
        const char *option;
        int factor;
    } told[] = {
        {"--schedule", PLX_FACTOR_SCHEDULE},
        {"--bind", PLX_FACTOR_BIND},
        {"--where", PLX_FACTOR_WHERE},
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const char *level = row->level[told[i].factor];
        bool other = *level && strcmp(level, plx_factor_default(told[i].factor)) != 0;
        if (other && (told[i].factor != PLX_FACTOR_BIND || plx_factor_has_ranks(row->model)))
            add_pair(line, told[i].option, level);
    }
    if (plx_factor_told(plan, "grain"))
        add_pair(line, "--grain", row->level[PLX_FACTOR_GRAIN]);
    add_pair(line, "-P", *row->param ? row->param : NULL);
}

/* Everything but how often, and what is done with it. */
static command begin_run(const plx_compare_plan *plan, const plx_compare_row *row)
{
    command line = begin_command(plan);
    if (!line.argv)
        return line;
    add(&line, "run");
    add(&line, plan->pattern);
    add(&line, plan->file ? plan->file : plan->kernel->name);
    add_pair(&line, "-m", row->model);
    if (plx_factor_has_ranks(row->model)) {
        add_number(&line, "--ranks", "%d", row->ranks);
        if (plan->oversubscribe)
            add(&line, "--oversubscribe");
    }
    if (strcmp(row->model, "serial") != 0 && strcmp(row->model, "mpi") != 0)
        add_number(&line, "-w", "%d", row->threads);
    add_levels(&line, plan, row);
    add_work(&line, plan);
    if (plx_factor_reads_files(row))
        add_pair(&line, "-i", plan->staged_in);
    return line;
}

char **plx_plan_made_command(const plx_compare_plan *plan, const char *file)
{
    command line = begin_command(plan);
    if (!line.argv)
        return NULL;
    add(&line, "run");
    add(&line, plan->pattern);
    add(&line, plan->file ? plan->file : plan->kernel->name);
    add_pair(&line, "-m", "serial");
    add_work(&line, plan);
    add_pair(&line, "--made", file);
    add(&line, NULL);
    return line.argv;
}

/* Where a row's ranks leave their slices of the result. */
static void add_staged_out(command *line, const plx_compare_plan *plan, const plx_compare_row *row)
{
    if (!plx_factor_reads_files(row) || !plan->staged_out)
        return;
    add_pair(line, "--bytes", plan->staged_out);
    add(line, "--force");
}

char **plx_plan_command(const plx_compare_plan *plan, const plx_compare_row *row,
                        long long started_ns)
{
    command line = begin_run(plan, row);
    if (!line.argv)
        return NULL;
    add_staged_out(&line, plan, row);
    add_number(&line, "--repeat", "%d", plan->repeats);
    add_number(&line, "--started", "%lld", started_ns);
    add(&line, NULL);
    return line.argv;
}

char **plx_plan_bytes_command(const plx_compare_plan *plan, const plx_compare_row *row,
                              const char *file)
{
    command line = begin_run(plan, row);
    if (!line.argv)
        return NULL;
    add_pair(&line, "--bytes", file);
    add(&line, NULL);
    return line.argv;
}
