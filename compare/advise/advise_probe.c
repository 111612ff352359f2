/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise_probe.c: one short launch of `program run`, and what was seen of it.
 *
 * Only times and sizes are read. What the kernel declares of itself (that it waits, what an item
 * costs, how much work there is) stands in the same answer and is left there.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/advise/advise_probe.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "compare/factor.h"
#include "compare/launch.h"
#include "compare/stats.h"

/* ---- the command */

typedef struct command {
    const char **word;
    char (*number)[24];
    size_t words, numbers;
} command;

enum { WORDS = 40, NUMBERS = 8 };

static void add(command *line, const char *option, const char *value)
{
    line->word[line->words++] = option;
    if (value)
        line->word[line->words++] = value;
}

__attribute__((format(printf, 3, 4))) static void add_number(command *line, const char *option,
                                                             const char *format, ...)
{
    char *number = line->number[line->numbers++];
    va_list args;
    va_start(args, format);
    vsnprintf(number, sizeof *line->number, format, args);
    va_end(args);
    add(line, option, number);
}

static void add_what(command *line, const plx_compare_plan *plan, const plx_advise_ask *ask)
{
    add(line, plan->program, "run");
    add(line, plan->pattern, plan->file ? plan->file : plan->kernel->name);
    add(line, "-m", ask->model);
    if (ask->ranks > 0)
        add_number(line, "--ranks", "%d", ask->ranks);
    if (ask->threads > 0)
        add_number(line, "-w", "%d", ask->threads);
    if (ask->schedule && *ask->schedule)
        add(line, "--schedule", ask->schedule);
    if (ask->grain > 0)
        add_number(line, "--grain", "%.0f", ask->grain);
    if (ask->n >= 0)
        add_number(line, "-n", "%.0f", ask->n);
    add_number(line, "--seed", "%" PRIu64, plan->seed);
    if (ask->repeats > 0)
        add_number(line, "--repeat", "%d", ask->repeats);
    for (size_t i = 0; i < plan->params_count; i++)
        add(line, "-P", plan->params[i]);
    if (plan->input)
        add(line, "-i", plan->input);
    if (ask->trace)
        add(line, "--trace", ask->trace);
    add_number(line, "--started", "%lld", plx_launch_now_ns());
    add(line, "--json", NULL);
    line->word[line->words] = NULL;
}

static void launch(const plx_compare_plan *plan, const plx_advise_ask *ask, plx_launch *process)
{
    command line = {.word = calloc(WORDS + 2 * plan->params_count, sizeof *line.word),
                    .number = calloc(NUMBERS, sizeof *line.number)};
    *process = (plx_launch){.end = PLX_LAUNCH_NOT_STARTED, .last = "out of memory"};
    if (line.word && line.number) {
        add_what(&line, plan, ask);
        plx_launch_run_many(
            &(plx_launch_what){(char *const *)(uintptr_t)line.word, plx_factor_removed}, 1,
            ask->limit_s, process);
    }
    free(line.word);
    free(line.number);
}

/* ---- the answer */

/* A number as number or as text; negative: neither. */
static double number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    double number = text                    ? strtod(text, NULL)
                    : json_is_number(value) ? json_number_value(value)
                                            : -1;
    return isfinite(number) ? number : -1;
}

static double busiest(const json_t *run)
{
    const json_t *workers = json_object_get(run, "by_worker");
    double most = 0;
    for (size_t i = 0; i < json_array_size(workers); i++)
        most = fmax(most, number_of(json_array_get(workers, i), "busy_s"));
    return most;
}

/* The median of all calls of the launch, or its only one; negative: there are none. */
static double median_call(const json_t *run)
{
    enum { MOST = 64 };
    const json_t *all = json_object_get(run, "elapsed_all_s");
    double calls[MOST];
    size_t count = json_array_size(all) < MOST ? json_array_size(all) : MOST;
    for (size_t i = 0; i < count; i++) {
        calls[i] = json_number_value(json_array_get(all, i));
        if (!isfinite(calls[i]) || calls[i] < 0)
            return -1;
    }
    const double only = number_of(run, "elapsed_s");
    const double call_s = count > 0 ? plx_stats_median(calls, count) : only;
    return call_s < 0 ? -1 : fmax(call_s, 1e-9);
}

static bool read_run(plx_advise_seen *seen, const json_t *run)
{
    const char *schema = json_string_value(json_object_get(run, "schema")),
               *digest = json_string_value(json_object_get(run, "digest"));
    if (!schema || strcmp(schema, "parallax.run/1") != 0 || !digest || strlen(digest) != 16)
        return false;
    memcpy(seen->digest, digest, 17);
    seen->n = number_of(run, "n");
    seen->grain = number_of(run, "grain");
    seen->call_s = median_call(run);
    seen->elapsed_s = number_of(run, "elapsed_s");
    seen->open_s = number_of(run, "open_s");
    seen->launch_s = number_of(run, "launch_s");
    seen->cpu_s = number_of(run, "cpu_s");
    seen->busy_s = busiest(run);
    seen->bytes = fmax(number_of(run, "bytes_in"), 0) + fmax(number_of(run, "bytes_out"), 0);
    seen->traffic = fmax(number_of(json_object_get(run, "work"), "bytes"), 0);
    return seen->n >= 0 && seen->grain >= 1 && seen->call_s > 0 && seen->elapsed_s >= 0 &&
           seen->open_s >= 0 && seen->launch_s >= 0;
}

void plx_advise_look(const plx_compare_plan *plan, const plx_advise_ask *ask, plx_advise_seen *seen)
{
    plx_launch process;
    plx_answer answer;
    launch(plan, ask, &process);
    plx_answer_explain(&answer, &process, ask->limit_s);
    *seen = (plx_advise_seen){.kind = answer.kind,
                              .exit_code = answer.exit_code,
                              .too_long = process.end == PLX_LAUNCH_TOO_LONG};
    memcpy(seen->why, answer.why, sizeof seen->why);
    if (answer.kind == PLX_ANSWER_GOOD) {
        json_t *run = process.out ? json_loadb(process.out, process.out_size, 0, NULL) : NULL;
        if (!read_run(seen, run)) {
            seen->kind = PLX_ANSWER_BAD;
            seen->exit_code = plx_status_exit(PLX_INTERNAL);
            snprintf(seen->why, sizeof seen->why, "%s: what it printed is no parallax.run/1",
                     ask->model);
        }
        json_decref(run);
    }
    free(process.out);
}

/* ---- a trace */

typedef struct chunk {
    double lo, seconds;
} chunk;

static int by_place(const void *left, const void *right)
{
    const chunk *a = left, *b = right;
    return (a->lo > b->lo) - (a->lo < b->lo);
}

/* Only slices of items have a range. */
static size_t take_chunks(const json_t *events, chunk *chunks)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i), *args = json_object_get(event, "args");
        const double lo = number_of(args, "lo"), us = number_of(event, "dur");
        if (lo >= 0 && us >= 0 && number_of(args, "hi") > lo)
            chunks[count++] = (chunk){lo, us * 1e-6};
    }
    return count;
}

double *plx_advise_costs(const char *path, size_t *count)
{
    json_t *trace = json_load_file(path, 0, NULL);
    const json_t *events = json_object_get(trace, "traceEvents");
    const size_t most = json_array_size(events);
    chunk *chunks = most > 0 ? malloc(most * sizeof *chunks) : NULL;
    double *costs = chunks ? malloc(most * sizeof *costs) : NULL;
    *count = costs ? take_chunks(events, chunks) : 0;
    if (*count > 0)
        qsort(chunks, *count, sizeof *chunks, by_place);
    for (size_t i = 0; i < *count; i++)
        costs[i] = chunks[i].seconds;
    json_decref(trace);
    free(chunks);
    if (*count > 0)
        return costs;
    free(costs);
    return NULL;
}
