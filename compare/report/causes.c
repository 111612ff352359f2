/* SPDX-License-Identifier: MIT */
/*
 * compare/report/causes.c: from POP's factors to advice.
 *
 * One sentence a factor, which names all rows where it is low with their numbers, then what it
 * means in the worst of them, then what to try. Serial rows have nothing to try and are left out.
 */
#include "compare/report/causes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/factor.h"
#include "compare/report/explain.h"
#include "compare/report/labels.h"
#include "compare/report/limits.h"

/* A factor below GOOD is worth a sentence; below LOW, POP's own limit, it is called low. */
static const double GOOD = 0.9, LOW = 0.8;

/* The part of a row's time in other_s above which it is said, of work that takes this long. */
static const double OTHER = 0.02, OTHER_S = 0.1;

/* The rows where one factor is low. */
typedef struct group {
    const plx_compare_result *result;
    const plx_compare_row *worst;
    double value; /* the worst row's */
    size_t count;
    double cpu; /* least processor time over busy time; 0: not known */
    bool hands; /* in some of its rows several workers ask for blocks */
} group;

typedef struct factor {
    const char *title;
    size_t at; /* in plx_compare_pop */
    void (*say)(const group *, FILE *);
} factor;

static const char *up_to(const group *low)
{
    return low->count > 1 ? "up to " : "";
}

/* Blocks for each worker; 0: not known. */
static double blocks_each(const group *low)
{
    const double n = strtod(low->result->about.n, NULL);
    const double grain = strtod(low->result->about.grain, NULL);
    return grain > 0 && low->worst->workers > 0 ? ceil(n / grain) / low->worst->workers : 0;
}

/* What would let a row's ranks ask for blocks; NULL: they do, or there is only one. */
static const char *lets_ask(const plx_compare_row *row)
{
    const bool shares = strcmp(row->level[PLX_FACTOR_SCHEDULE], "static") == 0,
               own = strcmp(row->level[PLX_FACTOR_WHERE], "local") == 0 ||
                     plx_factor_reads_files(row);
    if (row->ranks == 1)
        return NULL;
    return shares && own ? "--where root --schedule guided"
           : shares      ? "--schedule guided"
           : own         ? "--where root"
                         : NULL;
}

static bool hands_out(const plx_compare_row *row)
{
    return row->threads > 1 || (row->ranks > 1 && !lets_ask(row));
}

static void say_balance(const group *low, FILE *out)
{
    const plx_compare_phases *spent = &low->worst->spent;
    const double each = blocks_each(low);
    const bool dynamic = strcmp(low->worst->level[PLX_FACTOR_SCHEDULE], "dynamic") == 0;
    const char *better = lets_ask(low->worst);
    fprintf(out, "the busiest worker computed %s%.2f times as long as the mean.", up_to(low),
            1 / low->value);
    if (spent->hand_out_s > spent->imbalance_s)
        fprintf(out, " The others waited for blocks (hand-out %.0f %%): more items pay for it.",
                100 * spent->hand_out_s / plx_explain_total(spent));
    else if (each > 0 && each < 8)
        fprintf(out, " With %.3g blocks a worker little can be evened out: try a smaller --grain.",
                each);
    else if (low->hands)
        fprintf(out, " Try %sa smaller --grain.", dynamic ? "" : "--schedule dynamic or ");
    if (better)
        fprintf(out, " Each rank's blocks are fixed beforehand: with %s it asks for them.", better);
    putc('\n', out);
}

/* What the busiest worker did not spend computing, without what moved data: the largest part. */
static void say_serialisation(const group *low, FILE *out)
{
    static const char *const advice[] = {
        "prepare, which one worker does for all: more items pay for it",
        "hand-out: a larger --grain makes fewer hand-outs",
        "collecting results: a larger --grain makes fewer partial results, more items pay for it",
        "other, the start of a call: more items pay for it"};
    const plx_compare_phases *spent = &low->worst->spent;
    const double total = plx_explain_total(spent),
                 lost = (1 - low->value) * (total - spent->transfer_s);
    const bool hands = spent->hand_out_s >= spent->collect_s;
    const double moved = fmax(0, spent->hand_out_s + spent->collect_s - spent->transfer_s);
    const double part[] = {spent->prepare_s, hands ? moved : 0, hands ? 0 : moved, spent->other_s};
    size_t most = 0;
    for (size_t i = 1; i < sizeof part / sizeof *part; i++)
        most = part[i] > part[most] ? i : most;
    fprintf(out, "in %s%.0f %% of the time%s not even the busiest worker computed", up_to(low),
            100 * (1 - low->value), spent->transfer_s > 0 ? ", moving data aside," : "");
    if (part[most] >= lost / 2)
        fprintf(out, "; most of it%s%s went into %s.\n", low->count > 1 ? " under " : "",
                low->count > 1 ? low->worst->label : "", advice[most]);
    else
        fputs(", in no phase most of it. More items may pay for it.\n", out);
}

static void say_transfer(const group *low, FILE *out)
{
    const bool local = strcmp(low->worst->level[PLX_FACTOR_WHERE], "local") == 0;
    if (plx_factor_reads_files(low->worst)) {
        fprintf(out, "%s%.0f %% of the time the ranks read and write their slices of files.\n",
                up_to(low), 100 * (1 - low->value));
        return;
    }
    fprintf(out,
            "%s%.0f %% of the time moves data between ranks. Fewer ranks with more threads each%s "
            "move less.\n",
            up_to(low), 100 * (1 - low->value),
            local ? "" : ", or data that is each rank's own (--factor where=local),");
}

/* Serial copies do not share data: what they lose, the machine takes. */
static void say_scaling_ceiling(const group *low, FILE *out)
{
    const plx_compare_bound *bound = &low->result->bound;
    const double each = bound->copies > 0 ? bound->ceiling.median / bound->copies : 0;
    if (each <= 0)
        fputs(" The numbers here do not show why.\n", out);
    else if (each <= 1.05 * low->value)
        fprintf(out,
                " %d separate serial programs at once lose as much (%.2f of %d): the machine gives "
                "no more.\n",
                bound->copies, bound->ceiling.median, bound->copies);
    else
        fprintf(out,
                " %d separate serial programs at once lose less (%.2f of %d), so the machine alone "
                "does not explain it.\n",
                bound->copies, bound->ceiling.median, bound->copies);
}

static void say_scaling(const group *low, FILE *out)
{
    const plx_compare_row *row = low->worst;
    const int cores = low->result->host.cores;
    const double cpu = low->cpu;
    fprintf(out, "all workers together computed %s%.2f times as long as serial.", up_to(low),
            1 / low->value);
    if (cores > 0 && row->workers > cores)
        fprintf(out, " %d workers share %d core%s.\n", row->workers, cores, cores == 1 ? "" : "s");
    else if (plx_limits_memory(low->result, row) >= PLX_LIMITS_BOUND)
        fputs(" Memory gives no more, see above.\n", out);
    else if (cpu > 0 && cpu < 0.9)
        fprintf(out,
                " %s a processor in only %.0f %% of that time: other processes had it, or the "
                "kernel waits.\n",
                low->count > 1 ? "Under one of these models they had" : "They had", 100 * cpu);
    else
        say_scaling_ceiling(low, out);
}

static double value_of(const plx_compare_row *row, const factor *f)
{
    double value;
    memcpy(&value, (const char *)&row->pop + f->at, sizeof value);
    return value;
}

static bool is_low(const plx_compare_row *row, const factor *f)
{
    return row->state == PLX_COMPARE_TIMED && strcmp(row->model, "serial") != 0 &&
           row->pop.balance > 0 && value_of(row, f) < GOOD;
}

static group find_low(const plx_compare_result *result, const factor *f)
{
    group low = {.result = result, .value = (double)INFINITY};
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        const double cpu = row->spent.cpu_s / (row->workers * row->spent.compute_s);
        if (!is_low(row, f))
            continue;
        low.count++;
        low.cpu = cpu > 0 && (low.cpu <= 0 || cpu < low.cpu) ? cpu : low.cpu;
        low.hands |= hands_out(row);
        if (value_of(row, f) < low.value) {
            low.value = value_of(row, f);
            low.worst = row;
        }
    }
    return low;
}

static void say_factor(const plx_compare_result *result, const factor *f, FILE *out)
{
    const group low = find_low(result, f);
    plx_labels labels = {.out = out};
    if (low.count == 0)
        return;
    fprintf(out, "%s %s (", f->title, low.value < LOW ? "is low" : "could be better");
    for (size_t r = 0; r < result->rows_count; r++)
        if (is_low(&result->rows[r], f))
            plx_labels_add(&labels, result->rows[r].label, value_of(&result->rows[r], f));
    plx_labels_end(&labels);
    fputs("): ", out);
    f->say(&low, out);
}

/* Time that none of the phases explains must not hide. */
static void say_other(const plx_compare_result *result, FILE *out)
{
    plx_labels labels = {.out = out};
    double most = 0;
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        const double total = plx_explain_total(&row->spent), part = row->spent.other_s / total;
        if (total <= OTHER_S || part <= OTHER)
            continue;
        if (labels.count == 0)
            fputs("No phase explains part of the time (", out);
        plx_labels_add(&labels, row->label, -1);
        most = fmax(most, part);
    }
    if (labels.count == 0)
        return;
    plx_labels_end(&labels);
    fprintf(out, "): %s%.1f %% is 'other', memory and agreement before the first block.\n",
            labels.count > 1 ? "up to " : "", 100 * most);
}

void plx_causes_write(const plx_compare_result *result, FILE *out)
{
    static const factor factors[] = {
        {"Load balance", offsetof(plx_compare_pop, balance), say_balance},
        {"Serialisation", offsetof(plx_compare_pop, serialisation), say_serialisation},
        {"Transfer", offsetof(plx_compare_pop, transfer), say_transfer},
        {"Scaling", offsetof(plx_compare_pop, scaling), say_scaling}};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        say_factor(result, &factors[i], out);
    say_other(result, out);
}
