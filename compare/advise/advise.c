/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise.c: an advice from beginning to end: facts, rules, and the few candidates
 * that the rules predict to be best, run in rounds and in random order before one of them is
 * named. Each of their answers must equal serial's.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/advise/advise.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare/advise/advise_facts.h"
#include "compare/advise/advise_rules.h"
#include "compare/advise/advise_words.h"
#include "compare/factor.h"
#include "compare/host.h"
#include "compare/interrupt.h"
#include "compare/plan.h"
#include "compare/probe.h"
#include "compare/stats.h"
#include "compare/why.h"

/* For the rounds, if the plan says nothing; who is slower than the best by this is out. */
static const double budget_s = 4, slow_down = 1.10;

/* ---- the candidates themselves */

/* Another grain may give a floating-point sum other last bits; nothing else may. */
static int run_candidate(plx_advise_session *s, plx_advise_candidate *c, bool *alive)
{
    const double call_s = c->samples > 0 ? c->sample_s[0] : c->simulated_s;
    plx_advise_ask ask = {.model = c->model,
                          .schedule = c->schedule,
                          .grain = c->grain,
                          .n = s->advice->facts.probe_n,
                          .limit_s = 10 * call_s + 30,
                          .repeats = call_s < 1 ? (int)fmin(fmax(0.03 / call_s, 1), 9) : 0};
    ask.ranks = plx_factor_has_ranks(c->model) ? c->ranks : 0;
    ask.threads = strcmp(c->model, "serial") != 0 && strcmp(c->model, "mpi") != 0 ? c->threads : 0;
    plx_advise_seen seen;
    int code = plx_advise_launch(s, &ask, &seen);
    if (code != 0)
        return code;
    *alive = seen.kind == PLX_ANSWER_GOOD;
    if (!*alive) {
        c->samples = 0;
        return c == s->advice->candidates ? plx_advise_blame(s, &seen) : 0;
    }
    if (!(c->grain > 0) && strcmp(seen.digest, s->serial.digest) != 0) {
        snprintf(s->why, 320, "%s gives another answer than serial; see parallax compare",
                 c->model);
        return plx_status_exit(PLX_MISMATCH);
    }
    c->sample_s[c->samples++] = seen.call_s;
    return 0;
}

/* Who is clearly slower than the best is not run again. Who is left; serial stays as long as it
   may be worth its simplicity. */
static size_t drop_slow(plx_advise_result *advice, size_t *index, size_t count)
{
    double best_s = INFINITY;
    size_t left = 0;
    plx_advise_measure(advice);
    for (size_t k = 0; k < count; k++)
        best_s = fmin(best_s, advice->candidates[index[k]].measured_s);
    for (size_t k = 0; k < count; k++)
        if (advice->candidates[index[k]].measured_s <= slow_down * best_s)
            index[left++] = index[k];
    return left;
}

/* Two rounds if the budget has room for one, then as many as it has room for. */
static int run_rounds(plx_advise_session *s, size_t *index, size_t count)
{
    const double budget = s->plan->budget_s > 0 ? s->plan->budget_s : budget_s,
                 until_s = s->spent_s + budget;
    uint64_t next = 0;
    int code = 0;
    for (int round = 0; code == 0 && count > 1 && round < PLX_ADVISE_SAMPLES; round++) {
        const double begin_s = s->spent_s;
        size_t left = 0;
        plx_advise_progress(s, "candidates");
        plx_stats_shuffle(index, count, s->plan->seed, &next);
        for (size_t k = 0; code == 0 && k < count; k++) {
            bool alive = true;
            code = run_candidate(s, &s->advice->candidates[index[k]], &alive);
            if (alive)
                index[left++] = index[k];
        }
        count = left;
        if (code == 0 && round > 0)
            count = drop_slow(s->advice, index, count);
        if (2 * s->spent_s - begin_s > until_s && (round > 0 || s->spent_s > until_s))
            break;
    }
    plx_advise_measure(s->advice);
    return code;
}

static int probe_candidates(plx_advise_session *s)
{
    plx_advise_result *advice = s->advice;
    size_t index[16];
    if (!plx_advise_list(advice))
        return plx_why_no_memory(s->why);
    size_t count = plx_advise_shortlist(advice, index);
    int code = count > 1 ? run_rounds(s, index, count) : 0;
    advice->choice = plx_advise_choose(advice);
    return code;
}

/* ---- all of it */

/* What one machine cannot hold is cut over as many as can, each with all its cores. */
static void take_several(plx_advise_result *advice)
{
    const plx_advise_facts *facts = &advice->facts;
    const double machines = ceil(facts->bytes / (PLX_ADVISE_MEMORY_PART * facts->memory));
    plx_advise_candidate *c =
        &advice->candidates[advice->count < PLX_ADVISE_MOST ? advice->count++ : advice->count - 1];
    const int ranks = (int)fmin(machines * facts->cores, 65536);
    *c = (plx_advise_candidate){.model = "mpi", .workers = ranks, .ranks = ranks, .threads = 1};
    c->simulated_s = facts->serial_s / ranks;
    c->predicted_s = plx_advise_scale(facts, c->simulated_s);
    advice->choice = advice->count - 1;
}

static int probe_all(plx_advise_session *s)
{
    plx_advise_facts *facts = &s->advice->facts;
    int code = s->plan->file ? plx_probe_laws(s->plan, s->why) : 0;
    if (code == 0)
        code = plx_advise_find(s);
    if (code == 0)
        code = probe_candidates(s);
    s->advice->several =
        code == 0 && facts->memory > 0 && facts->bytes > PLX_ADVISE_MEMORY_PART * facts->memory;
    if (s->advice->several)
        take_several(s->advice);
    if (s->plan->progress)
        fprintf(stderr, "\r\033[K");
    return code;
}

static int probe_in_folder(plx_advise_session *s)
{
    plx_interrupt interrupt;
    char folder[PLX_FOLDER_PATH];
    if (!plx_folder_make(folder)) {
        snprintf(s->why, 320, "%.200s: no folder can be made for the probes' traces: %s", folder,
                 strerror(errno));
        return plx_status_exit(PLX_SYSTEM);
    }
    snprintf(s->trace, sizeof s->trace, "%s/t.json", folder);
    plx_interrupt_begin(&interrupt);
    int code = probe_all(s);
    plx_interrupt_end(&interrupt);
    unlink(s->trace);
    rmdir(folder);
    return code;
}

static bool begin(plx_advise_result *advice, const plx_compare_plan *plan, int limit)
{
    plx_advise_facts *facts = &advice->facts;
    snprintf(advice->kernel, sizeof advice->kernel, "%.71s", plan->kernel->name);
    snprintf(advice->pattern, sizeof advice->pattern, "%.15s", plan->pattern);
    facts->cores = plx_cores();
    facts->nodes = plx_plan_nodes();
    facts->limit = limit;
    facts->memory = plx_host_memory();
    facts->scheduled = strcmp(plan->pattern, "map") == 0 || strcmp(plan->pattern, "reduce") == 0;
    advice->candidates = calloc(PLX_ADVISE_MOST, sizeof *advice->candidates);
    return advice->candidates != NULL;
}

int plx_advise(const plx_compare_plan *plan, const char *shown, plx_advise_result *advice,
               char why[320])
{
    static const char *const serial[] = {"serial"};
    plx_compare_result made = {0};
    plx_compare_plan asked = *plan;
    plx_advise_session s = {.plan = &made.plan, .advice = advice, .why = why};
    memset(advice, 0, sizeof *advice);
    why[0] = '\0';
    asked.models = serial;
    asked.models_count = 1;
    int code = plx_plan_make(&asked, &made, why);
    if (code == 0 && !begin(advice, &made.plan, plan->workers))
        code = plx_why_no_memory(why);
    if (code == 0)
        code = probe_in_folder(&s);
    if (code == 0 && !plx_advise_say(advice, &made.plan, shown))
        code = plx_why_no_memory(why);
    plx_compare_free(&made);
    return code;
}

void plx_advise_free(plx_advise_result *advice)
{
    free(advice->facts.cost_s);
    free(advice->candidates);
    free(advice->command);
    memset(advice, 0, sizeof *advice);
}
