/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise_rules.c: what the probes' numbers say about runs that were not made.
 *
 * A run is replayed over its blocks' costs, and none is shorter than its processor time spread over
 * all cores. What is left to the real thing is what no replay sees: shared memory and caches, and
 * how a runtime treats idle threads.
 */
#include "compare/advise/advise_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/factor.h"
#include "compare/stats.h"

/* Half of the time; what beats serial, by how much and in seconds, since a call of nothing costs
   some hundred ns under any model; what is worth an mpirun; what tells two candidates apart at
   least and at most; what is worth a run. */
static const double waits_below = 0.5, gain_least = 1.05, gain_least_s = 1e-6, ranks_gain = 1.05,
                    tie_least = 0.01, tie_most = 0.03, near_best = 1.10;
/* workers a core, beyond which more are not thought of; candidates without ranks that are run */
enum { CROWD = 64, TRIES = 8, WORKER_COUNTS = 16 };

static const char *const schedules[] = {"guided", "static", "dynamic"};

/* ---- how many workers */

bool plx_advise_waits(const plx_advise_facts *facts)
{
    return facts->share < waits_below;
}

static void add_count(int workers[WORKER_COUNTS], size_t *count, int w)
{
    if (w > 1 && *count < WORKER_COUNTS && (*count == 0 || workers[*count - 1] < w))
        workers[(*count)++] = w;
}

/* As long as processors are idle more workers can help: cores / share of them, and once more as
   many because waits do not come evenly. */
static int most_workers(const plx_advise_facts *facts)
{
    const double cores = facts->cores, share = fmax(facts->share, 1e-3);
    double most = share > 0.9 ? cores : fmin(2 * cores / share, CROWD * cores);
    if (facts->blocks > 0)
        most = fmin(most, fmax((double)facts->blocks, 1));
    if (facts->limit > 0)
        most = fmin(most, facts->limit);
    return (int)ceil(most);
}

size_t plx_advise_workers(const plx_advise_facts *facts, int workers[16])
{
    const int most = most_workers(facts);
    size_t count = 0;
    if (facts->cores / 2 < most)
        add_count(workers, &count, facts->cores / 2);
    for (int w = facts->cores; w < most; w *= 2)
        add_count(workers, &count, w);
    add_count(workers, &count, most);
    return count;
}

/* ---- candidates */

double plx_advise_scale(const plx_advise_facts *facts, double seconds)
{
    return facts->n == facts->probe_n ? seconds
                                      : seconds * pow(facts->n / facts->probe_n, facts->growth);
}

static const plx_advise_model *model_of(const plx_advise_facts *facts, const char *name)
{
    size_t m = 0;
    while (m < facts->models && strcmp(facts->model[m].name, name) != 0)
        m++;
    return m < facts->models ? &facts->model[m] : NULL;
}

/* Waking one worker more costs as much as waking the one before. */
static double call_cost(const plx_advise_facts *facts, const plx_advise_candidate *c)
{
    const plx_advise_model *model = model_of(facts, c->model);
    return model ? model->call_s * fmax(1, (double)c->workers / facts->cores) : 0;
}

static double predict(const plx_advise_facts *facts, const plx_advise_candidate *c, double seconds)
{
    const double fixed = fmin(call_cost(facts, c), seconds);
    return plx_advise_scale(facts, seconds - fixed) + fixed;
}

static bool simulate(const plx_advise_facts *facts, plx_advise_candidate *c)
{
    const double ideal = facts->serial_s / c->workers,
                 least = facts->serial_s * facts->share / facts->cores;
    double span = ideal, sum = plx_advise_sum(facts);
    if (c->workers > 1 && sum > 0) {
        double each = c->grain > 0 ? 1 : round(facts->whole_grain / facts->grain);
        span = plx_advise_replay(facts, c, each > 1 ? (size_t)each : 1) * facts->serial_s / sum;
        if (span < 0)
            return false;
    }
    c->simulated_s = fmax(span, fmin(least, facts->serial_s)) + call_cost(facts, c);
    c->predicted_s = predict(facts, c, c->simulated_s);
    return true;
}

static bool add(plx_advise_result *advice, const plx_advise_model *model, int workers,
                const char *schedule, double grain)
{
    const plx_advise_facts *facts = &advice->facts;
    if (advice->count == PLX_ADVISE_MOST)
        return true;
    int ranks = !model->ranks ? 1 : !model->threads ? workers : facts->nodes;
    if (ranks > workers || workers % ranks != 0)
        return true;
    plx_advise_candidate *c = &advice->candidates[advice->count++];
    *c = (plx_advise_candidate){
        .workers = workers, .ranks = ranks, .threads = workers / ranks, .grain = grain};
    memcpy(c->model, model->name, sizeof c->model);
    for (size_t i = 0; i + 1 < sizeof c->schedule && schedule[i]; i++)
        c->schedule[i] = schedule[i];
    return simulate(facts, c);
}

/* Ranks are thought of with the default schedule only. */
static bool add_model(plx_advise_result *advice, const plx_advise_model *model, int workers)
{
    const plx_advise_facts *facts = &advice->facts;
    const bool chooses = facts->scheduled && model->threads;
    bool good = true;
    for (size_t s = 0; good && s < (chooses ? 3 : 1); s++) {
        good = add(advice, model, workers, chooses ? schedules[s] : "", 0);
        if (good && facts->scheduled && facts->grain < facts->whole_grain)
            good = add(advice, model, workers, chooses ? schedules[s] : "", facts->grain);
    }
    return good;
}

bool plx_advise_list(plx_advise_result *advice)
{
    static const plx_advise_model serial = {.name = "serial"};
    const plx_advise_facts *facts = &advice->facts;
    int workers[WORKER_COUNTS];
    size_t counts = plx_advise_workers(facts, workers);
    advice->count = 0;
    bool good = add(advice, &serial, 1, "", 0);
    for (size_t w = 0; good && w < counts; w++)
        for (size_t m = 0; good && m < facts->models; m++)
            if (facts->model[m].known && (facts->model[m].ranks || facts->model[m].threads))
                good = add_model(advice, &facts->model[m], workers[w]);
    return good;
}

/* ---- which to run, which to name */

static bool in_ranks(const plx_advise_candidate *c)
{
    return plx_factor_has_ranks(c->model);
}

static bool listed(const size_t *index, size_t count, size_t i)
{
    for (size_t k = 0; k < count; k++)
        if (index[k] == i)
            return true;
    return false;
}

/* The best by prediction that is not listed yet and uses ranks, or does not; count: none. */
static size_t best_left(const plx_advise_result *advice, const size_t *index, size_t have,
                        bool ranks)
{
    size_t best = advice->count;
    for (size_t i = 1; i < advice->count; i++)
        if (in_ranks(&advice->candidates[i]) == ranks && !listed(index, have, i) &&
            (best == advice->count ||
             advice->candidates[i].predicted_s < advice->candidates[best].predicted_s))
            best = i;
    return best;
}

size_t plx_advise_shortlist(const plx_advise_result *advice, size_t index[16])
{
    size_t count = 0, i;
    double best_s = advice->candidates[0].predicted_s; /* who is slower is not worth a run */
    index[count++] = 0;
    while (count <= TRIES && (i = best_left(advice, index, count, false)) < advice->count) {
        best_s = fmin(best_s, advice->candidates[i].predicted_s);
        if (advice->candidates[i].predicted_s > near_best * best_s)
            break;
        index[count++] = i;
    }
    i = best_left(advice, index, count, true);
    if (i < advice->count && advice->candidates[i].predicted_s <= near_best * best_s)
        index[count++] = i;
    return count;
}

void plx_advise_measure(plx_advise_result *advice)
{
    for (size_t i = 0; i < advice->count; i++) {
        plx_advise_candidate *c = &advice->candidates[i];
        if (c->samples == 0)
            continue;
        c->measured_s = plx_stats_median(c->sample_s, c->samples);
        c->predicted_s = predict(&advice->facts, c, c->measured_s);
    }
}

/* Half the range of the launches, relative to their median. */
static double noise_of(const plx_advise_candidate *c)
{
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < c->samples; i++) {
        low = fmin(low, c->sample_s[i]);
        high = fmax(high, c->sample_s[i]);
    }
    return c->samples > 1 ? (high - low) / 2 / c->measured_s : 0;
}

static int schedule_order(const plx_advise_candidate *c)
{
    for (int s = 0; s < 3; s++)
        if (strcmp(c->schedule, schedules[s]) == 0)
            return s;
    return 0;
}

/* No ranks before ranks, then fewer workers, the default grain, the default schedule, and the
   order of the list. */
static bool simpler(const plx_advise_candidate *a, const plx_advise_candidate *b)
{
    const int difference[] = {in_ranks(a) - in_ranks(b), a->workers - b->workers,
                              (a->grain > 0) - (b->grain > 0),
                              schedule_order(a) - schedule_order(b)};
    for (size_t i = 0; i < sizeof difference / sizeof *difference; i++)
        if (difference[i] != 0)
            return difference[i] < 0;
    return false;
}

/* Whether it may be named at all: if anything was run, only what was run. */
static bool stands(const plx_advise_result *advice, size_t i)
{
    bool any = false;
    for (size_t k = 1; k < advice->count; k++)
        any = any || advice->candidates[k].samples > 0;
    return !any || advice->candidates[i].samples > 0;
}

/* The best by prediction of those that may be named; serial is the first. ranks: those too. */
static size_t best_of(const plx_advise_result *advice, bool ranks)
{
    const plx_advise_candidate *all = advice->candidates;
    size_t best = 0;
    for (size_t i = 1; i < advice->count; i++)
        if ((ranks || !in_ranks(&all[i])) && stands(advice, i) &&
            all[i].predicted_s < all[best].predicted_s)
            best = i;
    return best;
}

size_t plx_advise_choose(const plx_advise_result *advice)
{
    const plx_advise_candidate *all = advice->candidates;
    size_t best = best_of(advice, true), threads = best_of(advice, false);
    if (all[threads].predicted_s < ranks_gain * all[best].predicted_s)
        best = threads;
    if (all[0].predicted_s < gain_least * all[best].predicted_s ||
        all[0].predicted_s - all[best].predicted_s < gain_least_s)
        return 0;
    const double tie = 1 + fmin(fmax(noise_of(&all[best]), tie_least), tie_most),
                 most = tie * all[best].predicted_s;
    size_t choice = best;
    for (size_t i = 1; i < advice->count; i++)
        if (stands(advice, i) && all[i].predicted_s <= most && simpler(&all[i], &all[choice]))
            choice = i;
    return choice;
}
