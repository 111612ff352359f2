/* SPDX-License-Identifier: MIT */
/*
 * compare/laws/laws_block.c: what is changed from run to run of one block.
 *
 * One thing at a time, from what must surely not matter to what a kernel may get wrong more easily:
 * so the first difference is named by its cause and not by what follows from it.
 */
#include <stdio.h>

#include "compare/laws/laws_run.h"

enum { PLACES = 8 };                /* of in and out */

/* True if a byte of acc or of an out item lies in one of the named results. */
static bool is_result(const plx_kernel *kernel, size_t byte)
{
    const plx_field *field = kernel->results;
    if (!field || !field->name)
        return true;
    for (; field->name; field++)
        if (byte >= field->offset && byte - field->offset < field->size)
            return true;
    return false;
}

static bool differs(plx_laws *check, const plx_laws_try *how, size_t byte, const char *what)
{
    const plx_kernel *kernel = &check->kernel;
    size_t size = how->fold ? kernel->acc_size : kernel->out_size;
    bool mine = how->fold || !kernel->fold;     /* results are acc's if there is a fold */
    const char *hint = mine && !is_result(kernel, byte % size) ? "; padding counts: set it" : "";
    if (how->fold)
        return plx_laws_break(check, how->law, "%s: items [%zu, %zu), acc byte %zu%s", what,
                              how->lo, how->hi, byte, hint);
    return plx_laws_break(check, how->law, "%s: items [%zu, %zu), out byte %zu (item %zu)%s", what,
                          how->lo, how->hi, byte, how->lo + byte / size, hint);
}

bool plx_laws_same(plx_laws *check, const plx_laws_try *how, const plx_laws_seen *want,
                   const plx_laws_seen *got, const char *what)
{
    for (size_t i = 0; i < how->hi - how->lo; i++)
        if (want->marks[i].failed != got->marks[i].failed ||
            want->marks[i].code != got->marks[i].code)
            return plx_laws_break(check, how->law, "%s: items [%zu, %zu), item %zu fails otherwise",
                                  what, how->lo, how->hi, how->lo + i);
    for (size_t i = 0; i < got->size; i++)
        if (want->bytes[i] != got->bytes[i])
            return differs(check, how, i, what);
    check->result->checked[how->law]++;
    return true;
}

/* Run the block as told; it must give what it gave in its plain run. */
static bool again(plx_laws *check, const plx_laws_try *how, const plx_laws_seen *want,
                  const char *what)
{
    plx_laws_seen got;
    bool good = plx_laws_run(check, how, &got) && plx_laws_same(check, how, want, &got, what);
    plx_laws_seen_free(&got);
    return good;
}

/* After the same block, and after another one: its latter half. */
static bool check_scratch(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want)
{
    static const char what[] = "other bytes once its scratch was used before";
    plx_laws_try how = *plain, half = *plain;
    plx_laws_seen ignored = { 0 };
    if (!check->scratch.size)
        return true;
    half.law = how.law = PLX_LAW_SCRATCH;
    half.used = how.used = true;
    half.lo += (plain->hi - plain->lo) / 2;
    bool good = again(check, &how, want, what) && plx_laws_run(check, &half, &ignored) &&
                again(check, &how, want, what);
    plx_laws_seen_free(&ignored);
    return good;
}

static bool check_edges(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want)
{
    plx_laws_try under = *plain, beside = *plain;
    under.law = PLX_LAW_WRITTEN;
    under.under = 0xff;
    beside.law = PLX_LAW_BOUNDS;
    beside.beside = 0xb5;           /* every bit another */
    return again(check, &under, want,
                 plain->fold ? "identity leaves a byte of acc as it was"
                             : "a byte of out is left as it was") &&
           (!check->kernel.in_size ||
            again(check, &beside, want, "its bytes depend on what lies beside in"));
}

/* Neither in nor out stands alone: their places change by different steps. */
static bool check_places(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want)
{
    const plx_kernel *kernel = &check->kernel;
    size_t in = plx_laws_align(kernel->in_type, kernel->in_size),
           out = plx_laws_align(kernel->out_type, kernel->out_size);
    bool good = true;
    for (size_t step = 0; good && step < PLACES; step++) {
        char what[96];
        plx_laws_try how = *plain;
        how.law = PLX_LAW_ALIGNMENT;
        how.in_step = step;
        how.out_step = (3 * step + 1) % PLACES;
        if (plain->fold)
            snprintf(what, sizeof what, "other bytes with in %zu bytes further on", step * in);
        else
            snprintf(what, sizeof what, "other bytes with in %zu and out %zu bytes further on",
                     step * in, how.out_step * out);
        good = again(check, &how, want, what);
    }
    return good;
}

/* Items [lo, hi) of the block, run alone, are that part of the whole. */
static bool check_part(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want,
                       size_t lo, size_t hi)
{
    size_t skip = lo - plain->lo;
    const plx_laws_seen part = {
        .bytes = want->bytes + skip * check->kernel.out_size, .marks = want->marks + skip
    };
    char what[96];
    plx_laws_try how = *plain;
    how.law = PLX_LAW_CUT;
    how.lo = lo;
    how.hi = hi;
    snprintf(what, sizeof what, "other bytes than within items [%zu, %zu)", plain->lo, plain->hi);
    return again(check, &how, &part, what);
}

static bool check_map_cuts(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want)
{
    size_t lo = plain->lo, hi = plain->hi, middle = lo + (hi - lo) / 2;
    if (hi - lo < 2)
        return true;
    return check_part(check, plain, want, lo, lo + 1) &&
           check_part(check, plain, want, lo + 1, hi) &&
           check_part(check, plain, want, lo, middle) &&
           check_part(check, plain, want, middle, hi) &&
           check_part(check, plain, want, lo, hi - 1) &&
           check_part(check, plain, want, hi - 1, hi);
}

static bool check_repeat(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want)
{
    plx_laws_try how = *plain;
    how.law = PLX_LAW_REPEAT;
    return again(check, &how, want, "the same block twice gives other bytes");
}

bool plx_laws_block(plx_laws *check, size_t lo, size_t hi, bool fold, bool brief)
{
    plx_laws_try plain = { .lo = lo, .hi = hi, .fold = fold, .law = PLX_LAW_REPEAT };
    plx_laws_seen want;
    bool good = plx_laws_run(check, &plain, &want);
    check->item_s = check->run_s / (double)(hi - lo);
    good = good && check_repeat(check, &plain, &want) && check_scratch(check, &plain, &want);
    if (good && !brief)
        good = check_edges(check, &plain, &want) && check_places(check, &plain, &want);
    if (good && fold)
        good = plx_laws_fold_cuts(check, &plain, &want) &&
               (brief || plx_laws_fold_joins(check, &plain, &want));
    else if (good)
        good = check_map_cuts(check, &plain, &want);
    plx_laws_seen_free(&want);
    return good;
}
