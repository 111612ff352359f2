/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/sweep_words.c: what a sweep's curves say, in sentences.
 *
 * A sentence claims what intervals decide and no more; where nothing can be said, it says why not.
 */
#include <math.h>
#include <string.h>

#include "compare/find.h"
#include "compare/report/labels.h"
#include "compare/report/limits.h"
#include "compare/stats.h"
#include "compare/sweep/sweep_judge.h"

const char *plx_sweep_number(size_t x, char word[PLX_SWEEP_WORD])
{
    size_t digits = x;
    int zeros = 0;
    for (; digits > 0 && digits % 10 == 0; digits /= 10)
        zeros++;
    if (zeros >= 4 && digits < 10)
        snprintf(word, PLX_SWEEP_WORD, "%zue%d", digits, zeros);
    else
        snprintf(word, PLX_SWEEP_WORD, "%zu", x);
    return word;
}

const char *plx_sweep_place(plx_sweep_axis axis, size_t x, char word[PLX_SWEEP_WORD])
{
    char number[PLX_SWEEP_WORD];
    plx_sweep_number(x, number);
    if (axis == PLX_SWEEP_ITEMS)
        snprintf(word, PLX_SWEEP_WORD, "n = %.32s", number);
    else
        snprintf(word, PLX_SWEEP_WORD, "%.30s worker%s", number, x == 1 ? "" : "s");
    return word;
}

static const char *place_of(const plx_sweep_result *sweep, size_t point, char word[PLX_SWEEP_WORD])
{
    return plx_sweep_place(sweep->points.axis, sweep->points.at[point], word);
}

/* The same everywhere is said once. */
static bool same_everywhere(const plx_sweep_result *sweep, const char *label)
{
    const plx_compare_row *first = plx_find_row(&sweep->at[0], label);
    for (size_t i = 0; i < sweep->done; i++) {
        const plx_compare_row *row = plx_find_row(&sweep->at[i], label);
        if (!first || !row || row->state != first->state || strcmp(row->why, first->why) != 0)
            return false;
    }
    return true;
}

static void say_refused(const plx_sweep_result *sweep, const char *label, FILE *out)
{
    const bool once = same_everywhere(sweep, label);
    char place[PLX_SWEEP_WORD];
    for (size_t i = 0; i < (once ? 1 : sweep->done); i++) {
        const plx_compare_row *row = plx_find_row(&sweep->at[i], label);
        if (row && row->state != PLX_COMPARE_TIMED)
            fprintf(out, "%s%s%s: %s: %s.\n", label, once ? "" : " at ",
                    once ? " at every point" : place_of(sweep, i, place),
                    plx_labels_refused(row->state), row->why);
    }
}

static void say_efficiency(const plx_sweep_result *sweep, FILE *out)
{
    plx_labels labels = {.out = out};
    char place[PLX_SWEEP_WORD];
    const size_t last = sweep->done - 1;
    for (size_t c = 0; c < sweep->curves_count; c++) {
        const plx_sweep_spot *spot = &sweep->curves[c].spot[last];
        if (!spot->timed)
            continue;
        if (labels.count == 0)
            fprintf(out, "Efficiency at %s: ", place_of(sweep, last, place));
        plx_labels_add(&labels, sweep->curves[c].label, spot->efficiency);
    }
    plx_labels_end(&labels);
    fputs(labels.count ? ".\n" : "", out);
}

static bool any_known(const plx_sweep_result *sweep, const plx_sweep_curve *curve)
{
    for (size_t i = 0; i < sweep->done; i++)
        if (curve->spot[i].timed && curve->spot[i].speedup.known)
            return true;
    return false;
}

static void say_cost(const plx_sweep_result *sweep, FILE *out)
{
    const bool items = sweep->points.axis == PLX_SWEEP_ITEMS;
    char number[PLX_SWEEP_WORD];
    fprintf(out, "COST, the %s serial by its whole interval:",
            items ? "smallest n that beats" : "fewest workers that beat");
    for (size_t c = 0; c < sweep->curves_count; c++) {
        const plx_sweep_curve *curve = &sweep->curves[c];
        fprintf(out, "%s %s %s", c ? "," : "", curve->label,
                curve->cost < sweep->done ? plx_sweep_number(sweep->points.at[curve->cost], number)
                : any_known(sweep, curve) ? "none"
                                          : "not known");
    }
    fputs(".\n", out);
}

/* First and last point whose serial fraction can be read; false if there are not three. */
static bool find_trend(const plx_sweep_result *sweep, const plx_sweep_curve *curve, size_t *first,
                       size_t *last)
{
    size_t count = 0;
    for (size_t i = 0; i < sweep->done; i++)
        if (plx_sweep_counts(sweep, curve, i) && curve->spot[i].workers > 1 &&
            curve->spot[i].karp_flatt.known) {
            *first = count++ ? *first : i;
            *last = i;
        }
    return count >= 3;
}

static void say_trend(const plx_sweep_result *sweep, const plx_sweep_curve *curve, size_t first,
                      size_t last, FILE *out)
{
    const plx_interval *from = &curve->spot[first].karp_flatt, *to = &curve->spot[last].karp_flatt;
    const bool rises = to->low > from->high, falls = to->high < from->low;
    fprintf(out, "%s: serial fraction %.3f at %zu workers, %.3f at %zu: %s.\n", curve->label,
            from->median, sweep->points.at[first], to->median, sweep->points.at[last],
            rises   ? "rising, so overhead grows with the workers"
            : falls ? "falling, so more workers help more than a serial part allows (caches?)"
                    : "flat within its noise, as a part that stays serial would be");
}

static void say_trends(const plx_sweep_result *sweep, FILE *out)
{
    bool any = false;
    size_t first = 0, last = 0;
    for (size_t c = 0; c < sweep->curves_count; c++)
        if (find_trend(sweep, &sweep->curves[c], &first, &last)) {
            say_trend(sweep, &sweep->curves[c], first, last, out);
            any = true;
        }
    if (!any)
        fprintf(out,
                "No trend of the serial fraction is read: that takes three worker counts from "
                "2 to the cores (%d), with intervals.\n",
                sweep->at[0].host.cores);
}

static void say_peak(const plx_sweep_result *sweep, const plx_sweep_curve *curve, FILE *out)
{
    const plx_fit_value *peak = &curve->usl.peak;
    double most = 0;
    for (size_t i = 0; i < sweep->done; i++)
        if (curve->spot[i].timed && curve->spot[i].workers <= sweep->at[i].host.cores)
            most = fmax(most, curve->spot[i].workers);
    if (!isfinite(peak->value))
        fputs("; no peak", out);
    else if (isfinite(peak->high))
        fprintf(out, "; peak at %.3g workers (%.3g .. %.3g)", peak->value, peak->low, peak->high);
    else
        fprintf(out, "; peak at %.3g workers (from %.3g on)", peak->value, peak->low);
    if (isfinite(peak->value) && peak->value > most)
        fprintf(out, ", beyond the %.0f measured: a guess", most);
}

static void say_fit(const plx_sweep_result *sweep, const plx_sweep_curve *curve, FILE *out)
{
    const plx_fit_value *b = &curve->amdahl.b, *sigma = &curve->usl.sigma,
                        *kappa = &curve->usl.kappa;
    fprintf(out, "%s: Amdahl's serial part %.3g (%.3g .. %.3g), off by %.1f %%.", curve->label,
            b->value, b->low, b->high, 100 * curve->amdahl.error);
    if (curve->usl_fitted) {
        fprintf(out, " USL: lambda %.3g, sigma %.3g (%.3g .. %.3g), kappa %.3g (%.3g .. %.3g)",
                curve->usl.lambda.value, sigma->value, sigma->low, sigma->high, kappa->value,
                kappa->low, kappa->high);
        say_peak(sweep, curve, out);
        fprintf(out, "; off by %.1f %%.", 100 * curve->usl.error);
    }
    fputc('\n', out);
}

/* Why there is no fit is mostly the same for all, and then said once. */
static void say_fits(const plx_sweep_result *sweep, FILE *out)
{
    bool same = true;
    for (size_t c = 0; c < sweep->curves_count; c++)
        same = same && strcmp(sweep->curves[c].why, sweep->curves[0].why) == 0;
    for (size_t c = 0; c < sweep->curves_count; c++) {
        const plx_sweep_curve *curve = &sweep->curves[c];
        if (curve->fitted)
            say_fit(sweep, curve, out);
        if (*curve->why && (c == 0 || !same))
            fprintf(out, "No fit of %s%s%s: %s.\n",
                    curve->fitted ? "the USL" : "Amdahl's law or the USL", same ? "" : " to ",
                    same ? "" : curve->label, curve->why);
    }
}

static void say_crossover(const plx_sweep_result *sweep, const plx_sweep_crossover *cross,
                          FILE *out)
{
    const size_t count = sweep->done, *at = sweep->points.at;
    char below[PLX_SWEEP_WORD], from[PLX_SWEEP_WORD];
    if (cross->below < count)
        plx_sweep_number(at[cross->below], below);
    if (cross->from < count)
        plx_sweep_number(at[cross->from], from);
    if (cross->again)
        fprintf(out, "%s and %s: neither is the faster one from some n on.\n", cross->a, cross->b);
    else if (cross->below == count - 1)
        fprintf(out, "%s is faster than %s at every n measured.\n", cross->a, cross->b);
    else if (cross->from == 0)
        fprintf(out, "%s is faster than %s at every n measured.\n", cross->b, cross->a);
    else if (cross->below < count && cross->from < count)
        fprintf(out, "Up to n = %s %s is faster than %s; from %s %s is%s.\n", below, cross->a,
                cross->b, from, cross->b,
                cross->from > cross->below + 1 ? "; between them not always told apart" : "");
    else if (cross->below < count)
        fprintf(out, "Up to n = %s %s is faster than %s; above, at some n not told apart.\n", below,
                cross->a, cross->b);
    else if (cross->from < count)
        fprintf(out, "From n = %s %s is faster than %s; below, at some n not told apart.\n", from,
                cross->b, cross->a);
    else
        fprintf(out, "%s and %s are not told apart at any n.\n", cross->a, cross->b);
}

static void say_too_few(const plx_sweep_result *sweep, FILE *out)
{
    size_t need = 0;
    double need_s = 0;
    for (size_t i = 0; i < sweep->done; i++) {
        const plx_compare_result *at = &sweep->at[i];
        size_t here = plx_stats_least(at->pair_confidence);
        need = here > need ? here : need;
        need_s += at->rounds > 0 ? at->took_s / at->rounds * (double)here : 0;
    }
    fprintf(out, "Too few rounds to tell anything: intervals for this many models need %zu", need);
    if (sweep->budget_s > 0 && need_s > 0)
        fprintf(out, ", in all about %.0f s here", ceil(need_s));
    fputs(".\n", out);
}

static bool any_interval(const plx_sweep_result *sweep)
{
    for (size_t c = 0; c < sweep->curves_count; c++)
        if (any_known(sweep, &sweep->curves[c]))
            return true;
    return false;
}

static void say_beyond(const plx_sweep_result *sweep, FILE *out)
{
    size_t count = 0;
    for (size_t i = 0; i < sweep->done; i++)
        count += plx_sweep_beyond(&sweep->at[i]);
    if (count)
        fprintf(out,
                "Points with a star ask for more workers than the %d core%s: they share them, "
                "so no gain is to be expected of a kernel that computes.\n",
                sweep->at[0].host.cores, sweep->at[0].host.cores == 1 ? "" : "s");
}

/* The point at which other processes took most. */
static void say_load(const plx_sweep_result *sweep, FILE *out)
{
    size_t loaded = 0, worst = 0;
    char place[PLX_SWEEP_WORD];
    for (size_t i = 0; i < sweep->done; i++) {
        loaded += plx_limits_loaded(&sweep->at[i].load);
        worst = sweep->at[i].load.during > sweep->at[worst].load.during ? i : worst;
    }
    const plx_compare_result *at = &sweep->at[worst];
    if (loaded > 0)
        fprintf(out,
                "Other processes were busy at %zu of %zu points, most at %s: %.2g of %d core%s on "
                "average. Such points are less sure.\n",
                loaded, sweep->done, place_of(sweep, worst, place), fmax(0, at->load.during),
                at->host.cores, at->host.cores == 1 ? "" : "s");
}

static void say_told(const plx_sweep_result *sweep, FILE *out)
{
    say_cost(sweep, out);
    for (size_t i = 0; i < sweep->crossovers_count; i++)
        say_crossover(sweep, &sweep->crossovers[i], out);
    if (sweep->points.axis == PLX_SWEEP_WORKERS) {
        say_trends(sweep, out);
        say_fits(sweep, out);
    }
}

bool plx_sweep_words_write(const plx_sweep_result *sweep, FILE *out)
{
    for (size_t c = 0; c < sweep->curves_count; c++)
        say_refused(sweep, sweep->curves[c].label, out);
    if (sweep->curves_count == 0 || sweep->done == 0)
        return !ferror(out);
    if (any_interval(sweep))
        say_told(sweep, out);
    else
        say_too_few(sweep, out);
    say_efficiency(sweep, out);
    say_beyond(sweep, out);
    say_load(sweep, out);
    return !ferror(out);
}
