/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise_words.c: the ladder of questions, each with its answer, reason and number.
 *
 * Every number in a sentence is one that a probe measured or a rule computed from one that did; a
 * prediction is called one.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/advise/advise_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/advise/advise_rules.h"
#include "compare/factor.h"
#include "compare/report/unit.h"

#define SAY(step, ...) snprintf((step)->reason, sizeof(step)->reason, __VA_ARGS__)

typedef char text[24];

/* "12.3 ms" */
static const char *time_text(text to, double seconds)
{
    const char *unit;
    const double per_s = plx_unit_choose(seconds, &unit);
    snprintf(to, sizeof(text), "%.3g %s", seconds * per_s, unit);
    return to;
}

static const char *bytes_text(text to, double bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t u = 0;
    for (; u < 4 && bytes >= 1024; u++)
        bytes /= 1024;
    snprintf(to, sizeof(text), "%.3g %s", bytes, units[u]);
    return to;
}

static const plx_advise_candidate *chosen(const plx_advise_result *advice)
{
    return &advice->candidates[advice->choice];
}

static bool is_parallel(const plx_advise_result *advice)
{
    return advice->choice != 0;
}

/* The candidate that is predicted to be best beside one; count: there is no other. */
static size_t best_beside(const plx_advise_result *advice, size_t beside)
{
    size_t best = advice->count;
    for (size_t i = 1; i < advice->count; i++)
        if (i != beside && advice->candidates[i].samples > 0 &&
            (best == advice->count ||
             advice->candidates[i].predicted_s < advice->candidates[best].predicted_s))
            best = i;
    return best;
}

static void name_candidate(char name[64], const plx_advise_candidate *c)
{
    char grain[24] = "";
    if (c->grain > 0)
        snprintf(grain, sizeof grain, ", grain %.0f", c->grain);
    if (strcmp(c->model, "serial") == 0)
        snprintf(name, 64, "serial");
    else
        snprintf(name, 64, "%s, %d worker%s%s%s%s", c->model, c->workers,
                 c->workers == 1 ? "" : "s", *c->schedule ? ", " : "", c->schedule, grain);
}

static void say_better(plx_advise_step *step, const plx_compare_plan *plan)
{
    const char *better = plan->kernel->better;
    step->question = "is there a better serial method";
    step->value = (double)NAN;
    snprintf(step->answer, sizeof step->answer, "%s", better ? "yes" : "none is known");
    if (better)
        SAY(step, "%.200s; try it first: it was not measured here", better);
    else
        SAY(step, "the kernel names none");
}

static void say_worth(plx_advise_step *step, const plx_advise_result *advice)
{
    const plx_advise_candidate *serial = &advice->candidates[0], *c = chosen(advice);
    const size_t other = best_beside(advice, 0);
    text serial_text, other_text;
    step->question = "is it worth parallelising";
    time_text(serial_text, serial->predicted_s);
    snprintf(step->answer, sizeof step->answer, "%s", is_parallel(advice) ? "yes" : "no");
    if (is_parallel(advice) || other == advice->count) {
        step->value = serial->predicted_s / c->predicted_s;
        if (is_parallel(advice))
            SAY(step, "serial takes %s, the advised way %s: %.2f times as fast", serial_text,
                time_text(other_text, c->predicted_s), step->value);
        else
            SAY(step, "serial takes %s; by prediction nothing else comes near it", serial_text);
        return;
    }
    step->value = serial->predicted_s / advice->candidates[other].predicted_s;
    SAY(step, "serial takes %s, the best of the others %s: below 1.05 times as fast", serial_text,
        time_text(other_text, advice->candidates[other].predicted_s));
}

static void say_waiting(plx_advise_step *step, const plx_advise_facts *facts)
{
    const bool waits = plx_advise_waits(facts);
    step->question = "does it wait or compute";
    step->value = facts->share;
    snprintf(step->answer, sizeof step->answer, "%s",
             waits                ? "it waits"
             : facts->share < 0.9 ? "both, more computing"
                                  : "it computes");
    if (facts->share < 0.9)
        SAY(step, "a core is busy %.2g %% of serial's time: more workers than the %d core%s pay",
            100 * facts->share, facts->cores, facts->cores == 1 ? "" : "s");
    else
        SAY(step, "a core is busy %.0f %% of serial's time: not more workers than the %d core%s",
            100 * facts->share, facts->cores, facts->cores == 1 ? "" : "s");
}

static void say_machines(plx_advise_step *step, const plx_advise_result *advice)
{
    const plx_advise_facts *facts = &advice->facts;
    text bytes, memory, launch = "";
    step->question = "one machine or several";
    step->value = facts->bytes;
    bytes_text(bytes, facts->bytes);
    bytes_text(memory, facts->memory);
    snprintf(step->answer, sizeof step->answer, "%s", advice->several ? "several" : "one");
    for (size_t m = 0; m < facts->models; m++)
        if (facts->model[m].known && facts->model[m].ranks && !*launch)
            time_text(launch, facts->model[m].launch_s + facts->model[m].open_s);
    if (advice->several)
        SAY(step, "items and results are %s, and %s are free here", bytes, memory);
    else
        SAY(step, "items and results are %s%s%s%s%s%s", bytes, facts->memory > 0 ? ", " : "",
            facts->memory > 0 ? memory : "", facts->memory > 0 ? " are free here" : "",
            *launch ? "; ranks only add their start, " : "", launch);
}

/* What one block costs, how much the dearest more than the mean; false: not known. */
static bool block_costs(const plx_advise_facts *facts, double *mean, double *skew)
{
    double sum = 0, most = 0;
    for (size_t b = 0; facts->cost_s && b < facts->blocks; b++) {
        sum += facts->cost_s[b];
        most = fmax(most, facts->cost_s[b]);
    }
    *mean = facts->blocks > 0 ? sum / (double)facts->blocks : 0;
    *skew = *mean > 0 ? most / *mean : 1;
    return facts->cost_s && sum > 0;
}

/* How far the real thing stayed behind what the blocks' costs allow. */
static void say_behind(plx_advise_step *step, const plx_advise_result *advice)
{
    const plx_advise_candidate *c = chosen(advice);
    const double rate = advice->facts.traffic / (c->measured_s > 0 ? c->measured_s : 1);
    const size_t used = strlen(step->reason);
    if (c->samples == 0 || c->measured_s < 1.15 * c->simulated_s)
        return;
    snprintf(step->reason + used, sizeof step->reason - used,
             "; it stays %.0f %% behind what they allow: the cores share %s",
             100 * (1 - c->simulated_s / c->measured_s),
             rate > 4e9 ? "memory, by its rate" : "something, or other processes ran on them");
}

static void say_choice(plx_advise_step *step, const plx_advise_result *advice)
{
    const plx_advise_facts *facts = &advice->facts;
    const plx_advise_candidate *c = chosen(advice);
    char name[64];
    text mean_text;
    double mean, skew;
    step->question = "which model, workers, schedule, grain";
    step->value = c->predicted_s;
    name_candidate(name, c);
    snprintf(step->answer, sizeof step->answer, "%s", name);
    if (!is_parallel(advice))
        SAY(step, "nothing else pays at this n");
    else if (advice->several)
        SAY(step, "each rank holds its own share of the items; not tried here");
    else if (block_costs(facts, &mean, &skew))
        SAY(step, "%zu blocks of %s on average, the dearest %.3g times that", facts->blocks,
            time_text(mean_text, mean), skew);
    else
        SAY(step, "the best of those that were run; its blocks could not be timed one by one");
    if (is_parallel(advice) && !advice->several)
        say_behind(step, advice);
}

static void say_sure(plx_advise_result *advice)
{
    const plx_advise_facts *facts = &advice->facts;
    const plx_advise_candidate *c = chosen(advice);
    const size_t other = best_beside(advice, advice->choice);
    char name[64] = "", probed[96] = "", against[128] = "";
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < c->samples; i++) {
        low = fmin(low, c->sample_s[i]);
        high = fmax(high, c->sample_s[i]);
    }
    advice->spread = c->samples > 1 ? (high - low) / 2 / c->measured_s : (double)NAN;
    if (facts->n != facts->probe_n)
        snprintf(probed, sizeof probed, " Tried with %.4g items, scaled by their power of %.3g.",
                 facts->probe_n, facts->growth);
    if (other < advice->count) {
        name_candidate(name, &advice->candidates[other]);
        const double behind = 100 * (advice->candidates[other].predicted_s / c->predicted_s - 1);
        if (behind < 0)
            snprintf(against, sizeof against, " %s: %.1f %% ahead, too little to prefer it.", name,
                     -behind);
        else
            snprintf(against, sizeof against, " Next best: %s, %.1f %% behind.", name, behind);
    }
    if (c->samples > 1)
        snprintf(advice->sure, sizeof advice->sure,
                 "%zu launches of the advised way lie within %.1f %% of each other.%s%s",
                 c->samples, 200 * advice->spread, against, probed);
    else
        snprintf(advice->sure, sizeof advice->sure, "%s%s%s",
                 c->samples == 1       ? "The advised way was launched once."
                 : is_parallel(advice) ? "The advised way was not launched: a prediction."
                                       : "Only serial was timed: a prediction rules out the rest.",
                 against, probed);
}

/* ---- what to type */

static bool is_plain(const char *word)
{
    return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_-+=.,:/@%")];
}

/* One more word, quoted for a shell where it must be. */
static void put_word(FILE *out, const char *word)
{
    fputc(' ', out);
    if (is_plain(word)) {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    fputc('\'', out);
}

static void put_option(FILE *out, const char *option, const char *value)
{
    fprintf(out, " %s", option);
    put_word(out, value);
}

static char *make_command(const plx_advise_result *advice, const plx_compare_plan *plan,
                          const char *shown)
{
    const plx_advise_candidate *c = chosen(advice);
    char *command = NULL;
    size_t size;
    FILE *out = open_memstream(&command, &size);
    if (!out)
        return NULL;
    fprintf(out, "parallax run %s", plan->pattern);
    put_word(out, shown);
    if (plan->n_given)
        fprintf(out, " -n %zu", plan->n);
    for (size_t i = 0; i < plan->params_count; i++)
        put_option(out, "-P", plan->params[i]);
    if (plan->input)
        put_option(out, "-i", plan->input);
    if (plan->seed != 1)
        fprintf(out, " --seed %" PRIu64, plan->seed);
    fprintf(out, " -m %s", c->model);
    if (plx_factor_has_ranks(c->model))
        fprintf(out, " --ranks %d", c->ranks);
    if (c->threads > 1)
        fprintf(out, " -w %d", c->threads);
    if (*c->schedule)
        put_option(out, "--schedule", c->schedule);
    if (c->grain > 0)
        fprintf(out, " --grain %.0f", c->grain);
    if (advice->several && advice->facts.scheduled && !plan->input)
        fputs(" --where local", out);
    bool good = !ferror(out);
    good = fclose(out) == 0 && good;
    if (!good) {
        free(command);
        command = NULL;
    }
    return command;
}

bool plx_advise_say(plx_advise_result *advice, const plx_compare_plan *plan, const char *shown)
{
    say_better(&advice->step[0], plan);
    say_worth(&advice->step[1], advice);
    say_waiting(&advice->step[2], &advice->facts);
    say_machines(&advice->step[3], advice);
    say_choice(&advice->step[4], advice);
    say_sure(advice);
    advice->command = make_command(advice, plan, shown);
    return advice->command != NULL;
}
