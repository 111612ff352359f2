/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise_facts.c: the launches that find what an advice rests on.
 *
 * Other processes on the machine only make a call longer and its part of the processor smaller, so
 * of several launches the shortest time and the largest share count, and of a block traced several
 * times the cheapest one.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/advise/advise_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare/factor.h"
#include "compare/launch.h"
#include "compare/why.h"

/* Longest launch at n before fewer items are tried, and how long those should take; blocks a worker
   that even out most costs; the shortest block. */
static const double first_s = 1, aim_s = 0.3, spread_blocks = 16, block_least_s = 2e-5;

void plx_advise_progress(const plx_advise_session *s, const char *what)
{
    if (s->plan->progress)
        fprintf(stderr, "\r%.64s: %s ...\033[K", s->advice->kernel, what);
}

int plx_advise_launch(plx_advise_session *s, const plx_advise_ask *ask, plx_advise_seen *seen)
{
    const double begin_s = plx_launch_now_s();
    plx_advise_look(s->plan, ask, seen);
    s->spent_s +=
        plx_launch_now_s() - begin_s - (ask->ranks > 0 ? seen->launch_s + seen->open_s : 0);
    s->why[0] = '\0';
    return seen->kind == PLX_ANSWER_INTERRUPTED ? plx_why_stopped(s->why) : 0;
}

/* Without serial there is nothing to advise on: its words become ours. */
int plx_advise_blame(plx_advise_session *s, const plx_advise_seen *seen)
{
    const bool told = seen->exit_code != plx_status_exit(PLX_INTERNAL);
    snprintf(s->why, 320, "%s%.310s", told ? "" : "serial: ", seen->why);
    return seen->exit_code;
}

/* ---- serial */

static bool fits(const plx_advise_session *s, double n)
{
    const plx_kernel *kernel = s->plan->kernel;
    const double item = (double)(kernel->in_size == PLX_VARIES ? 0 : kernel->in_size) +
                        (double)kernel->out_size,
                 memory = s->advice->facts.memory;
    return memory <= 0 || item * n <= PLX_ADVISE_MEMORY_PART * memory;
}

static int try_serial(plx_advise_session *s, double n, double limit_s, plx_advise_seen *seen)
{
    plx_advise_ask ask = {.model = "serial", .n = n, .limit_s = limit_s};
    return plx_advise_launch(s, &ask, seen);
}

/* Few items first, then so many more that they should take aim_s: at most a hundred times. */
static int climb(plx_advise_session *s, double n)
{
    plx_advise_facts *facts = &s->advice->facts;
    plx_advise_seen seen;
    double next = fmax(floor(n / 1000), 1), before_n = 0, before_s = 0;
    while (!fits(s, next))
        next = floor(next / 10);
    for (;;) {
        int code = try_serial(s, next, next > 1 ? first_s : s->plan->limit_s, &seen);
        if (code != 0)
            return code;
        if (seen.too_long && next > 1 && before_n <= 0) {
            next = fmax(floor(next / 30), 1);
            continue;
        }
        if (seen.kind != PLX_ANSWER_GOOD && before_n > 0)
            break; /* the rung before stands */
        if (seen.kind != PLX_ANSWER_GOOD)
            return plx_advise_blame(s, &seen);
        if (before_n > 0 && seen.call_s > before_s)
            facts->growth = fmin(log(seen.call_s / before_s) / log(next / before_n), 4);
        s->serial = seen;
        before_n = next;
        before_s = seen.call_s;
        double more = fmin(fmin(aim_s / fmax(before_s, 1e-6), 100), n / 2 / next);
        if (before_s > aim_s / 2 || more < 1.5 || !fits(s, floor(next * more)))
            break;
        next = floor(next * more);
    }
    return 0;
}

/* Two sizes tell how time grows; one more launch if the climb had a single rung. */
static int second_size(plx_advise_session *s)
{
    plx_advise_facts *facts = &s->advice->facts;
    plx_advise_seen seen;
    const double n = floor(s->serial.n / 4);
    if (facts->growth > 0 || n < 1)
        return 0;
    int code = try_serial(s, n, s->plan->limit_s, &seen);
    if (code == 0 && seen.kind == PLX_ANSWER_GOOD && seen.call_s < s->serial.call_s)
        facts->growth = fmin(log(s->serial.call_s / seen.call_s) / log(s->serial.n / n), 4);
    return code;
}

/* The processor's share: other processes on it only lower what is seen, so the largest counts. */
static int share(plx_advise_session *s)
{
    plx_advise_facts *facts = &s->advice->facts;
    plx_advise_ask ask = {
        .model = "serial", .n = facts->probe_n, .repeats = 3, .limit_s = s->plan->limit_s};
    plx_advise_seen seen = s->serial;
    int code = 0;
    facts->share = 0;
    for (int launch = 0; code == 0 && launch < 3; launch++) {
        if (seen.kind == PLX_ANSWER_GOOD && seen.cpu_s >= 0 && seen.elapsed_s > 0)
            facts->share = fmin(fmax(facts->share, seen.cpu_s / seen.elapsed_s), 1);
        if (seen.kind == PLX_ANSWER_GOOD && launch > 0)
            facts->serial_s = fmin(facts->serial_s, seen.call_s);
        if (launch < 2 && facts->share < 0.9 && facts->serial_s < aim_s / 2)
            code = plx_advise_launch(s, &ask, &seen);
        else
            break;
    }
    if (s->serial.cpu_s < 0)
        facts->share = 1;
    return code;
}

static int probe_serial(plx_advise_session *s)
{
    plx_advise_facts *facts = &s->advice->facts;
    const double n = s->plan->n_given ? (double)s->plan->n : -1;
    int code = 0;
    plx_advise_progress(s, "serial");
    s->serial.too_long = !fits(s, n);
    if (!s->serial.too_long)
        code = try_serial(s, n, n > 1 ? first_s : s->plan->limit_s, &s->serial);
    if (code == 0 && s->serial.too_long && n > 1) {
        code = climb(s, n);
        if (code == 0)
            code = second_size(s);
    } else if (code == 0 && s->serial.kind != PLX_ANSWER_GOOD) {
        code = plx_advise_blame(s, &s->serial);
    }
    if (code != 0)
        return code;
    facts->probe_n = s->serial.n;
    facts->n = n >= 0 ? n : facts->probe_n;
    facts->growth = facts->growth > 0 ? facts->growth : 1;
    facts->serial_s = s->serial.call_s;
    facts->whole_grain = facts->grain = s->serial.grain;
    facts->bytes = s->serial.bytes * (facts->probe_n > 0 ? facts->n / facts->probe_n : 0);
    facts->traffic = s->serial.traffic;
    return share(s);
}

/* ---- what a call costs */

static bool offered(const char *name, const char *pattern)
{
    for (int p = 0; p < PLX_PATTERNS; p++)
        if (strcmp(plx_pattern_name((plx_pattern)p), pattern) == 0)
            return plx_offers(name, (plx_pattern)p, NULL);
    return false;
}

/* One item if the kernel takes so few, else as many as serial ran. A hybrid on a single node is
   what is inside it with messages around: it is not asked. */
static int probe_model(plx_advise_session *s, plx_advise_model *model)
{
    const plx_advise_facts *facts = &s->advice->facts;
    const int ranks = model->threads ? facts->nodes : facts->cores;
    plx_advise_ask ask = {.model = model->name,
                          .n = 1,
                          .repeats = 5,
                          .limit_s = 30,
                          .ranks = model->ranks ? ranks : 0,
                          .threads = !model->threads ? 0
                                     : model->ranks  ? facts->cores / ranks
                                                     : facts->cores};
    plx_advise_seen seen;
    int code = plx_advise_launch(s, &ask, &seen);
    if (code == 0 && seen.kind == PLX_ANSWER_BAD && facts->serial_s < aim_s) {
        ask.n = facts->probe_n;
        ask.repeats = 1;
        code = plx_advise_launch(s, &ask, &seen);
    }
    model->known = code == 0 && seen.kind == PLX_ANSWER_GOOD;
    if (model->known) {
        model->call_s = fmax(fmin(seen.call_s, seen.elapsed_s) - seen.busy_s, 0);
        model->open_s = seen.open_s;
        model->launch_s = seen.launch_s;
    }
    return code;
}

static int probe_models(plx_advise_session *s)
{
    plx_advise_facts *facts = &s->advice->facts;
    plx_model_info info;
    int code = 0;
    for (size_t i = 0; code == 0 && plx_model_at(i, &info); i++) {
        const bool hybrid = strchr(info.name, '+') != NULL;
        if (facts->models == PLX_ADVISE_MODELS || !info.available ||
            strcmp(info.name, "serial") == 0 || !offered(info.name, s->plan->pattern) ||
            (hybrid && (facts->nodes < 2 || facts->cores % facts->nodes != 0)))
            continue;
        plx_advise_model *model = &facts->model[facts->models++];
        *model = (plx_advise_model){.ranks = plx_factor_has_ranks(info.name),
                                    .threads = strcmp(info.name, "mpi") != 0};
        snprintf(model->name, sizeof model->name, "%.15s", info.name);
        plx_advise_progress(s, model->name);
        code = probe_model(s, model);
    }
    return code;
}

/* ---- what the blocks cost */

/* The default grain, unless it leaves too few blocks to even out and a block is not yet short. */
static double traced_grain(const plx_advise_facts *facts)
{
    const double whole = facts->whole_grain, item_s = facts->serial_s / fmax(facts->probe_n, 1),
                 workers = facts->cores / fmax(facts->share, 1.0 / 16),
                 wanted = floor(facts->probe_n / (spread_blocks * workers)),
                 least = ceil(block_least_s / fmax(item_s, 1e-12));
    double grain = fmax(fmax(wanted, least), 1);
    if (!facts->scheduled || grain > whole / 2)
        return whole;
    return floor(whole / floor(whole / grain));
}

static int trace_once(plx_advise_session *s, double grain, double **cost_s, size_t *blocks,
                      double *hand_s)
{
    const plx_advise_facts *facts = &s->advice->facts;
    plx_advise_ask ask = {.model = "pthread",
                          .threads = 1,
                          .n = facts->probe_n,
                          .repeats = facts->serial_s < aim_s,
                          .trace = s->trace,
                          .schedule = facts->scheduled ? "dynamic" : NULL,
                          .grain = facts->scheduled ? grain : 0,
                          .limit_s = 10 * facts->serial_s + 10};
    plx_advise_seen seen;
    int code = plx_advise_launch(s, &ask, &seen);
    if (code == 0 && seen.kind == PLX_ANSWER_GOOD)
        *cost_s = plx_advise_costs(s->trace, blocks);
    unlink(s->trace);
    double busy_s = 0;
    for (size_t b = 0; *cost_s && b < *blocks; b++)
        busy_s += (*cost_s)[b];
    if (*cost_s)
        *hand_s = fmax(seen.elapsed_s - busy_s, 0) / (double)*blocks;
    return code;
}

/* A process that waits for a core looks like one that waits for anything else. Its blocks tell: at
   their cheapest they had the core, and what they took then but did not compute they waited. */
static void correct_share(plx_advise_session *s)
{
    plx_advise_facts *facts = &s->advice->facts;
    double sum = 0;
    for (size_t b = 0; facts->cost_s && b < facts->blocks; b++)
        sum += facts->cost_s[b];
    if (sum > 0 && s->serial.cpu_s >= 0)
        facts->share = fmin(fmax(facts->share, s->serial.cpu_s / sum), 1);
}

/* The smallest of several: what else ran on the machine makes a block dearer, never cheaper. */
static int probe_blocks(plx_advise_session *s)
{
    plx_advise_facts *facts = &s->advice->facts;
    const double grain = traced_grain(facts);
    const int times = facts->serial_s < aim_s ? 3 : 2;
    int code = 0;
    plx_advise_progress(s, "its blocks");
    for (int t = 0; code == 0 && t < times; t++) {
        double *cost_s = NULL, hand_s = 0;
        size_t blocks = 0;
        code = trace_once(s, grain, &cost_s, &blocks, &hand_s);
        if (!facts->cost_s && cost_s) {
            facts->cost_s = cost_s;
            facts->blocks = blocks;
            facts->grain = grain;
            facts->hand_s = hand_s;
            continue;
        }
        for (size_t b = 0; cost_s && blocks == facts->blocks && b < blocks; b++)
            facts->cost_s[b] = fmin(facts->cost_s[b], cost_s[b]);
        if (cost_s)
            facts->hand_s = fmin(facts->hand_s, hand_s);
        free(cost_s);
    }
    correct_share(s);
    return code;
}

int plx_advise_find(plx_advise_session *s)
{
    int code = probe_serial(s);
    if (code == 0)
        code = probe_models(s);
    return code == 0 ? probe_blocks(s) : code;
}
