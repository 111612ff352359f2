/* SPDX-License-Identifier: MIT */
/*
 * compare/self_test.c: the comparison judged by cases whose answer is known.
 *
 * A/A: a model beside itself; whoever tells them apart is wrong. A/B: beside itself doing 3 % more;
 * whoever does not tell misses it. First the same on simulated launches, so that wrong statistics
 * and a noisy machine cannot be taken for each other. Limits for any number of trials are those of
 * the binomial law that gives 16 and 180 for 200 trials.
 */
#include "compare/self_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/launch.h"
#include "compare/looks.h"
#include "compare/order.h"
#include "compare/stats.h"
#include "compare/verdict.h"
#include "compare/why.h"
#include "plx/kernels.h"

enum { SIMULATED = 200, ROWS = 3, ROOM = 64 };
enum { ITEMS_PER_CORE = 5000 }; /* of about 1 us: calls of 5 ms, above any clock's grain */

static const double more = 0.03; /* the known slowdown; `extra` says it in per cent */

/* What a kind of trial gathers before its medians are known. */
typedef struct gathered {
    plx_self_test_count *count;
    double *ratio, *detectable, *rounds;
} gathered;

/* The smallest c that so many trials exceed with at most this chance, each being a hit with p. */
static int quantile(int trials, double p, double chance)
{
    double below = 0;
    int c = 0;
    for (; c < trials; c++) {
        below += exp(lgamma(trials + 1.0) - lgamma(c + 1.0) - lgamma(trials - c + 1.0) +
                     c * log(p) + (trials - c) * log(1 - p));
        if (1 - below <= chance)
            break;
    }
    return c;
}

/* Intervals of 95 % are wrong in one case of twenty; one run of forty has more than this. */
int plx_self_test_allowed(int trials)
{
    return quantile(trials, 0.05, 0.025);
}

int plx_self_test_goal(int trials)
{
    return trials / 50;
}

/* Of one that misses 6.5 %, one run of forty has fewer. */
int plx_self_test_needed(int trials)
{
    return trials - quantile(trials, 0.065, 0.025);
}

bool plx_self_test_equal_good(const plx_self_test_count *count)
{
    return count->told <= plx_self_test_allowed(count->trials);
}

bool plx_self_test_slower_good(const plx_self_test_count *count)
{
    return count->found >= plx_self_test_needed(count->trials) &&
           count->told - count->found <= plx_self_test_allowed(count->trials);
}

static bool begin(gathered *all, plx_self_test_count *count, int trials)
{
    *count = (plx_self_test_count){0};
    *all = (gathered){.count = count, .ratio = calloc(3 * (size_t)trials, sizeof(double))};
    if (!all->ratio)
        return false;
    all->detectable = all->ratio + trials;
    all->rounds = all->detectable + trials;
    return true;
}

/* a is the row that is not slower. */
static void gather(gathered *all, const plx_compare_pair *pair, size_t rounds)
{
    const int trial = all->count->trials++;
    all->count->told += pair->outcome != PLX_COMPARE_SAME;
    all->count->found += pair->outcome == PLX_COMPARE_FASTER;
    all->ratio[trial] = 1 / pair->ratio.median;
    all->detectable[trial] = pair->ratio.known ? pair->detectable : (double)INFINITY;
    all->rounds[trial] = (double)rounds;
}

static void end(gathered *all)
{
    const size_t trials = (size_t)all->count->trials;
    all->count->ratio = plx_stats_median(all->ratio, trials);
    all->count->detectable = plx_stats_median(all->detectable, trials);
    all->count->rounds = plx_stats_median(all->rounds, trials);
    free(all->ratio);
}

/* A factor of log-normal noise with a deviation of 2 %; Box and Muller's method. */
static double noise(uint64_t seed, uint64_t i)
{
    const double to_unit = ldexp(1, -64), turn = 6.283185307179586;
    double radius = sqrt(-2 * log(((double)plx_stats_random(seed, 2 * i) + 1) * to_unit));
    return exp(0.02 * radius * cos(turn * (double)plx_stats_random(seed, 2 * i + 1) * to_unit));
}

/* Serial, which takes twice as long, and the two rows of interest. */
static void make_up(double times[ROWS][ROOM], double slowdown, uint64_t seed)
{
    const double truth[ROWS] = {2, 1, 1 + slowdown};
    size_t order[ROWS];
    for (size_t round = 0; round < ROOM; round++) {
        plx_order_fill(order, ROWS, round, seed);
        for (size_t place = 0; place < ROWS; place++)
            times[order[place]][round] = truth[order[place]] * noise(seed, round * ROWS + place);
    }
}

static bool simulate_one(gathered *all, double slowdown, uint64_t seed)
{
    double times[ROWS][ROOM];
    plx_compare_row rows[ROWS];
    plx_compare_result result = {.rows = rows, .rows_count = ROWS};
    plx_looks looks;
    make_up(times, slowdown, seed);
    memset(rows, 0, sizeof rows);
    plx_looks_plan(&looks, ROWS, ROOM);
    int until = looks.at[looks.count - 1], round = 0;
    bool good = true;
    for (size_t i = 0; good && round < until; i++) {
        round = looks.at[i];
        for (size_t r = 0; r < ROWS; r++) {
            rows[r].work_s = times[r];
            rows[r].samples = (size_t)round;
        }
        good = plx_verdict_pairs(&result);
        if (good && round < until)
            until = plx_looks_until(&looks, i, plx_verdict_widest(&result));
    }
    if (good)
        gather(all, &result.pairs[result.pairs_count - 1], (size_t)round);
    free(result.pairs);
    return good;
}

static bool simulate(plx_self_test_count *count, double slowdown, uint64_t seed)
{
    gathered all;
    bool good = begin(&all, count, SIMULATED);
    if (!good)
        return false;
    for (uint64_t trial = 0; good && trial < SIMULATED; trial++)
        good = simulate_one(&all, slowdown, plx_stats_random(seed, trial));
    end(&all);
    return good;
}

/* The pair of the two rows that are not serial. */
static const plx_compare_pair *pair_of(const plx_compare_result *result, char why[320])
{
    for (size_t i = 0; i < result->pairs_count; i++) {
        const plx_compare_pair *pair = &result->pairs[i];
        if (strcmp(result->rows[pair->a].model, "serial") != 0 &&
            strcmp(result->rows[pair->b].model, "serial") != 0)
            return pair;
    }
    snprintf(why, 320, "there were no two rows to compare");
    for (size_t r = 0; r < result->rows_count; r++)
        if (result->rows[r].state != PLX_COMPARE_TIMED)
            snprintf(why, 320, "%.90s: %.220s", result->rows[r].label, result->rows[r].why);
    return NULL;
}

static int try_one(gathered *all, const plx_compare_plan *plan, char why[320])
{
    plx_compare_result result;
    int code = plx_compare(plan, &result, why);
    if (code == 0) {
        const plx_compare_pair *pair = pair_of(&result, why);
        if (pair)
            gather(all, pair, (size_t)result.rounds);
        else
            code = plx_status_exit(PLX_INTERNAL);
    }
    plx_compare_free(&result);
    return code;
}

static int try_all(const plx_self_test_plan *asked, plx_self_test_count *count,
                   plx_compare_plan *plan, const char *kind, char why[320])
{
    gathered all;
    int code = 0;
    if (!begin(&all, count, asked->trials))
        return plx_why_no_memory(why);
    for (int trial = 0; code == 0 && trial < asked->trials; trial++) {
        if (asked->progress)
            fprintf(stderr, "\r%s: trial %d of %d ...\033[K", kind, trial + 1, asked->trials);
        plan->seed = plx_stats_random(asked->seed, (uint64_t)trial);
        code = try_one(&all, plan, why);
    }
    if (asked->progress)
        fputs("\r\033[K", stderr);
    end(&all);
    return code;
}

static int try_both(const plx_self_test_plan *asked, plx_self_test *found, char why[320])
{
    static const char *const twice[] = {"serial", "pthread", "pthread"};
    static const char *const levels[] = {"0", "3"};
    static const plx_compare_factor extra = {.name = "extra", .levels = levels, .count = 2};
    const int workers = plx_cores();
    plx_compare_plan plan = {.program = asked->program,
                             .kernel = plx_kernel_find("busy"),
                             .models = twice,
                             .models_count = 3,
                             .n = (size_t)workers * ITEMS_PER_CORE,
                             .n_given = true,
                             .workers = workers,
                             .repeats = 5,
                             .budget_s = asked->budget_s,
                             .bare = true};
    int code = try_all(asked, &found->equal, &plan, "A/A", why);
    plan.models_count = 2;
    plan.factors = &extra;
    plan.factors_count = 1;
    if (code == 0)
        code = try_all(asked, &found->slower, &plan, "A/B", why);
    return code;
}

int plx_self_test_run(const plx_self_test_plan *asked, plx_self_test *found, char why[320])
{
    const double begun = plx_launch_now_s();
    int code = 0;
    memset(found, 0, sizeof *found);
    why[0] = '\0';
    if (!simulate(&found->simulated_equal, 0, asked->seed) ||
        !simulate(&found->simulated_slower, more, asked->seed + 1))
        code = plx_why_no_memory(why);
    if (code == 0)
        code = try_both(asked, found, why);
    found->took_s = plx_launch_now_s() - begun;
    return code;
}
