/* SPDX-License-Identifier: MIT */
/*
 * compare/report/words.c: the verdict in sentences.
 *
 * Nobody wins inside the noise: the fastest are all rows that no other row was told faster than,
 * and they are named together. Then what the first of them beats, what serial beats, and which
 * rows were not told apart, in groups: a sentence for each pair is more than anybody reads.
 */
#include "compare/report/words.h"

#include <math.h>
#include <stdlib.h>

#include "compare/find.h"
#include "compare/report/labels.h"
#include "compare/stats.h"

enum { SENTENCES = 6 }; /* of one row against the others */

/* The timed rows, by their medians. */
typedef struct ranking {
    const plx_compare_result *result;
    size_t *row, count;
    size_t head; /* index into row: the first that nobody beats */
} ranking;

static bool unbeaten(const ranking *all, size_t row)
{
    bool beaten = false;
    for (size_t i = 0; i < all->count && !beaten; i++)
        beaten = plx_find_faster(all->result, all->row[i], row);
    return !beaten;
}

static const char *label(const ranking *all, size_t i)
{
    return all->result->rows[all->row[i]].label;
}

/* Insertion keeps equals in the order of the table. */
static bool rank_rows(ranking *all)
{
    const plx_compare_result *result = all->result;
    all->row = calloc(result->rows_count ? result->rows_count : 1, sizeof *all->row);
    if (!all->row)
        return false;
    for (size_t r = 0; r < result->rows_count; r++) {
        if (result->rows[r].state != PLX_COMPARE_TIMED)
            continue;
        size_t i = all->count++;
        for (; i > 0 && result->rows[all->row[i - 1]].work.median > result->rows[r].work.median;
             i--)
            all->row[i] = all->row[i - 1];
        all->row[i] = r;
    }
    while (all->head < all->count && !unbeaten(all, all->row[all->head]))
        all->head++;
    return true;
}

static bool too_few(const ranking *all)
{
    return (size_t)all->result->rounds < plx_stats_least(all->result->pair_confidence);
}

static void say_base(const plx_compare_result *result, bool intervals, FILE *out)
{
    const plx_compare_row *base = &result->rows[result->base];
    fprintf(out, "Base: %s, one worker, %.4g s (median of %zu launch%s).", base->label,
            base->work.median, base->samples, base->samples == 1 ? "" : "es");
    fputc('\n', out);
    if (intervals)
        fputs("Ratios are paired by round. With 95 % all their intervals hold at once.\n", out);
    if (result->about.better)
        fprintf(out, "A better serial method exists: %s.\n", result->about.better);
}

static void say_refused(const plx_compare_result *result, FILE *out)
{
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        if (row->state != PLX_COMPARE_TIMED)
            fprintf(out, "%s: %s: %s.\n", row->label, plx_labels_refused(row->state), row->why);
    }
}

/* "a, b and c" of the rows that the test lets through, in the table's order. */
static void say_list(const ranking *all, bool (*takes)(const ranking *, size_t), FILE *out)
{
    const plx_compare_result *result = all->result;
    size_t count = 0, said = 0;
    for (size_t i = 0; i < all->count; i++)
        count += takes(all, all->row[i]);
    for (size_t r = 0; r < result->rows_count; r++)
        if (result->rows[r].state == PLX_COMPARE_TIMED && takes(all, r)) {
            fprintf(out, "%s%s",
                    said == 0           ? ""
                    : said + 1 == count ? " and "
                                        : ", ",
                    result->rows[r].label);
            said++;
        }
}

static void say_fastest(const ranking *all, FILE *out)
{
    size_t fastest = 0;
    for (size_t i = 0; i < all->count; i++)
        fastest += unbeaten(all, all->row[i]);
    if (fastest == 0)
        return; /* a circle of pairs: possible, if hardly */
    if (fastest == all->count) {
        fputs("No difference found between ", out);
        say_list(all, unbeaten, out);
        fputs(".\n", out);
        return;
    }
    fputs("Fastest: ", out);
    say_list(all, unbeaten, out);
    fputs(fastest > 1 ? " (not told apart).\n" : ".\n", out);
}

static void say_difference(const ranking *all, size_t winner, size_t loser, FILE *out)
{
    const plx_compare_result *result = all->result;
    plx_compare_pair pair; /* the loser's time over the winner's */
    if (plx_find_pair(result, loser, winner, &pair))
        fprintf(out, "%s is faster than %s: %.3f times (%.3f to %.3f).\n",
                result->rows[winner].label, result->rows[loser].label, pair.ratio.median,
                pair.ratio.low, pair.ratio.high);
}

/* The nearest first; serial in any case. */
static void say_differences(const ranking *all, FILE *out)
{
    if (all->head == all->count)
        return;
    const size_t winner = all->row[all->head];
    size_t said = 0, left = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (!plx_find_faster(all->result, winner, all->row[i]))
            continue;
        if (said < SENTENCES || all->row[i] == all->result->base) {
            say_difference(all, winner, all->row[i], out);
            said++;
        } else {
            left++;
        }
    }
    if (left > 0)
        fprintf(out, "It is faster than %zu more: see the table.\n", left);
}

static bool slower_than_serial(const ranking *all, size_t row)
{
    return plx_find_faster(all->result, all->result->base, row);
}

static void say_serial(const ranking *all, FILE *out)
{
    size_t slower = 0;
    for (size_t i = 0; i < all->count; i++)
        slower += slower_than_serial(all, all->row[i]);
    if (all->count > 1 && unbeaten(all, all->result->base))
        fputs("No row was found faster than serial.\n", out);
    if (slower == 0)
        return;
    fputs("Slower than serial: ", out);
    say_list(all, slower_than_serial, out);
    fputs(".\n", out);
}

static bool told(const ranking *all, size_t i, size_t j)
{
    return plx_find_faster(all->result, all->row[i], all->row[j]) ||
           plx_find_faster(all->result, all->row[j], all->row[i]);
}

/* One past the last row of the group from i on: neighbours none of which were told apart. */
static size_t group_end(const ranking *all, size_t i)
{
    size_t end = i + 1;
    for (bool same = true; end < all->count && same; end += same)
        for (size_t j = i; j < end && same; j++)
            same = !told(all, j, end);
    return end;
}

/* Those nobody beats were named together before. */
static bool named(const ranking *all, size_t from, size_t end)
{
    bool yes = true;
    for (size_t i = from; i < end && yes; i++)
        yes = unbeaten(all, all->row[i]);
    return yes;
}

/* "a, b, c": the rows from i to end of the ranking, in the table's order, which ranks nobody. */
static void say_group(const ranking *all, size_t i, size_t end, FILE *out)
{
    const char *before = "";
    for (size_t r = 0; r < all->result->rows_count; r++)
        for (size_t j = i; j < end; j++)
            if (all->row[j] == r) {
                fprintf(out, "%s%s", before, label(all, j));
                before = ", ";
            }
}

/* "a, b, c; d, e"; then pairs that were not told apart though a row between them was. */
static void say_groups(const ranking *all, FILE *out)
{
    static const char first[] = "Not told apart: ";
    const char *before = first;
    size_t past = 0; /* a group that ends where the last one did is part of it */
    for (size_t i = 0; i < all->count; i++) {
        const size_t end = group_end(all, i);
        if (end > i + 1 && end > past && !named(all, i, end)) {
            fputs(before, out);
            say_group(all, i, end, out);
            before = "; ";
        }
        past = end > past ? end : past;
        for (size_t j = end; j < all->count; j++)
            if (!told(all, i, j) && !(named(all, i, i + 1) && named(all, j, j + 1))) {
                fprintf(out, "%s%s, %s", before, label(all, i), label(all, j));
                before = "; ";
            }
    }
    if (before != first)
        fputs(".\n", out);
}

/* Two figures, as far as a reader wants them. */
static int digits(double percent)
{
    return percent < 10 ? 1 : 0;
}

static void say_detectable(const plx_compare_result *result, FILE *out)
{
    double least = (double)INFINITY, most = 0;
    for (size_t i = 0; i < result->pairs_count; i++)
        if (result->pairs[i].outcome == PLX_COMPARE_SAME && result->pairs[i].ratio.known) {
            least = fmin(least, 100 * result->pairs[i].detectable);
            most = fmax(most, 100 * result->pairs[i].detectable);
        }
    if (most == 0)
        return;
    if (most < 1.2 * least)
        fprintf(out, "A difference below about %.*f %% could not be seen.\n", digits(most), most);
    else
        fprintf(out,
                "Differences below about %.*f %% (best pair) to %.*f %% (worst) could not be "
                "seen.\n",
                digits(least), least, digits(most), most);
}

/* Where a budget made them few, what would have been enough. */
static void say_too_few(const ranking *all, FILE *out)
{
    const plx_compare_result *result = all->result;
    const size_t least = plx_stats_least(result->pair_confidence);
    fprintf(out, "Too few rounds (%d) to tell %zu rows apart: their intervals need at least %zu",
            result->rounds, all->count, least);
    if (result->end == PLX_COMPARE_BUDGET && result->took_s > 0 && result->rounds > 0)
        fprintf(out, ", which take about %.0f s here",
                ceil(result->took_s / result->rounds * (double)least));
    fputs(".\n", out);
}

static void say_pairs(const ranking *all, FILE *out)
{
    if (too_few(all)) {
        say_too_few(all, out);
        return;
    }
    say_fastest(all, out);
    say_differences(all, out);
    say_serial(all, out);
    say_groups(all, out);
    say_detectable(all->result, out);
}

bool plx_words_write(const plx_compare_result *result, FILE *out)
{
    ranking all = {.result = result};
    if (!rank_rows(&all))
        return false;
    say_base(result, all.count > 1 && !too_few(&all), out);
    say_refused(result, out);
    if (all.count > 1)
        say_pairs(&all, out);
    free(all.row);
    return true;
}
