/* SPDX-License-Identifier: MIT */
/*
 * compare/plan.c: defaults, labels, and how many ranks and threads each model gets.
 *
 * -w is workers in all and the same for every model: threads, ranks, or ranks x threads. Serial has
 * one: it is the base.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/plan.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAY(why, ...) snprintf(why, 320, __VA_ARGS__)

const char *plx_plan_factor(int factor)
{
#define WORD(name, word, about) word,
    static const char *const words[] = {PLX_FACTORS_LIST(WORD)};
    return words[factor];
}

static bool is_hybrid(const char *model)
{
    return strncmp(model, "mpi+", 4) == 0;
}

static bool has_ranks(const char *model)
{
    return strcmp(model, "mpi") == 0 || is_hybrid(model);
}

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

static void place(plx_compare_row *row, int workers, int ranks)
{
    row->ranks = is_hybrid(row->model) ? ranks : has_ranks(row->model) ? workers : 1;
    row->workers = strcmp(row->model, "serial") == 0 ? 1 : workers;
    row->threads = row->workers / row->ranks;
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

/* The second omp is omp#2. */
static void name_row(plx_compare_result *result, size_t r)
{
    plx_compare_row *row = &result->rows[r];
    size_t same = 1;
    for (size_t i = 0; i < r; i++)
        same += strcmp(result->rows[i].model, row->model) == 0;
    if (same == 1)
        snprintf(row->label, sizeof row->label, "%s", row->model);
    else
        snprintf(row->label, sizeof row->label, "%.24s#%zu", row->model, same);
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

/* What every row is told. */
static void set_levels(const plx_compare_plan *plan, plx_compare_row *row)
{
    for (size_t f = 0; f < plan->factors_count; f++)
        for (int known = 0; known < PLX_FACTORS; known++)
            if (strcmp(plan->factors[f].name, plx_plan_factor(known)) == 0)
                snprintf(row->level[known], sizeof row->level[known], "%s",
                         plan->factors[f].levels[0]);
}

static bool add_row(plx_compare_result *result, const char *model)
{
    const plx_compare_plan *plan = &result->plan;
    plx_compare_row *row = &result->rows[result->rows_count];
    snprintf(row->model, sizeof row->model, "%s", model);
    place(row, plan->workers, plan->ranks);
    name_row(result, result->rows_count++);
    set_levels(plan, row);
    return plx_plan_room(row, (size_t)plan->rounds);
}

static const char *name_at(size_t i)
{
    plx_model_info info;
    return plx_model_at(i, &info) ? info.name : "serial";
}

static int make_rows(plx_compare_result *result)
{
    const plx_compare_plan *plan = &result->plan;
    plx_model_info info;
    size_t count = plan->models_count, serial = 0;
    if (!plan->models)
        for (count = 0; plx_model_at(count, &info);)
            count++;
    while (plan->models && serial < count && strcmp(plan->models[serial], "serial") != 0)
        serial++;
    result->rows = calloc(count + 1, sizeof *result->rows);
    result->order = calloc((count + 1) * (size_t)plan->rounds, sizeof *result->order);
    bool good = result->rows && result->order;
    if (good && plan->models && serial == count)
        good = add_row(result, "serial");
    for (size_t i = 0; good && i < count; i++)
        good = add_row(result, plan->models ? plan->models[i] : name_at(i));
    while (good && strcmp(result->rows[result->base].model, "serial") != 0)
        result->base++;
    return good ? 0 : plx_status_exit(PLX_NO_MEMORY);
}

static void fill(plx_compare_plan *plan)
{
    if (!plan->pattern)
        plan->pattern = plx_pattern_name(plan->kernel->fold ? PLX_REDUCE : PLX_MAP);
    plan->workers = plan->workers ? plan->workers : plx_cores();
    plan->rounds = plan->rounds ? plan->rounds : 7;
    plan->repeats = plan->repeats ? plan->repeats : 3;
    plan->limit_s = plan->limit_s > 0 ? plan->limit_s : 600;
}

/* 0, or 64 with why. Ranks: given ones must divide the workers. */
static int check(plx_compare_plan *plan, char why[320])
{
    const int bad = plx_status_exit(PLX_BAD_JOB);
    char names[200];
    int pattern = 0;
    while (pattern < PLX_PATTERNS &&
           strcmp(plx_pattern_name((plx_pattern)pattern), plan->pattern) != 0)
        pattern++;
    if (pattern == PLX_PATTERNS)
        return SAY(why, "-p %.60s: unknown pattern; allowed: map, reduce, fan, batch",
                   plan->pattern),
               bad;
    if (!plx_kernel_fits(plan->kernel, (plx_pattern)pattern))
        return SAY(why, "-p %s: the kernel %s cannot be run by it", plan->pattern,
                   plan->kernel->name),
               bad;
    for (size_t i = 0; plan->models && i < plan->models_count; i++) {
        if (known(plan->models[i]))
            continue;
        allowed(names);
        return SAY(why, "--models %.60s: unknown model; allowed: %s", plan->models[i], names), bad;
    }
    if (plan->ranks != 0 && (plan->ranks < 1 || plan->workers % plan->ranks != 0))
        return SAY(why, "--ranks %d: must divide the %d workers (-w)", plan->ranks, plan->workers),
               bad;
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
    return !plan->kernel->better || about->better;
}

int plx_plan_make(const plx_compare_plan *plan, plx_compare_result *result, char why[320])
{
    result->plan = *plan;
    if (!plan->program)
        result->plan.program = own_path(result->program);
    fill(&result->plan);
    int code = check(&result->plan, why);
    if (code == 0 && !describe(result))
        code = plx_status_exit(PLX_NO_MEMORY);
    if (code == 0 && (code = make_rows(result)) != 0)
        SAY(why, "out of memory");
    return code;
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

static void add_level(command *line, const char *option, const char *level)
{
    add_pair(line, option, *level ? level : NULL);
}

/* Room for all words, the program's name in it; argv NULL without memory. */
static command begin_command(const plx_compare_plan *plan)
{
    enum { WORDS = 32, NUMBERS = 8 };
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

char **plx_plan_command(const plx_compare_plan *plan, const plx_compare_row *row,
                        long long started_ns)
{
    command line = begin_command(plan);
    if (!line.argv)
        return NULL;
    add(&line, "run");
    add(&line, plan->pattern);
    add(&line, plan->file ? plan->file : plan->kernel->name);
    add_pair(&line, "-m", row->model);
    if (has_ranks(row->model))
        add_number(&line, "--ranks", "%d", row->ranks);
    if (strcmp(row->model, "serial") != 0 && strcmp(row->model, "mpi") != 0)
        add_number(&line, "-w", "%d", row->threads);
    add_level(&line, "--schedule", row->level[PLX_FACTOR_SCHEDULE]);
    add_level(&line, "--grain", row->level[PLX_FACTOR_GRAIN]);
    add_work(&line, plan);
    add_number(&line, "--repeat", "%d", plan->repeats);
    add_number(&line, "--started", "%lld", started_ns);
    add(&line, NULL);
    return line.argv;
}
