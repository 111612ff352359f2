/* SPDX-License-Identifier: MIT */
/*
 * compare/laws/laws_fold.c: what is asked of a kernel's accumulators.
 *
 * Nothing is asked of rounding: only that the same two sides joined twice give the same bytes, that
 * an empty side changes nothing, and, where the kernel claims PLX_EXACT, that the cut is not seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/laws/laws_run.h"

/* left = left + right, between guards; right must stay as it is. */
static bool join(plx_laws *check, const plx_laws_try *how, unsigned char *left,
                 const unsigned char *right)
{
    size_t size = check->kernel.acc_size;
    plx_laws_room to = {0}, from = {0};
    bool good = plx_laws_room_make(&to, size, 0, 0xb4) && plx_laws_room_make(&from, size, 0, 0x4b)
                    ? plx_laws_may(check)
                    : plx_laws_no_memory(check);
    if (good) {
        memcpy(to.first, left, size);
        memcpy(from.first, right, size);
        plx_laws_doing(check, "combine, accumulators of items [%zu, %zu)", how->lo, how->hi);
        check->kernel.combine(to.first, from.first, check->ctx.first);
        check->result->doing[0] = '\0';
        good = plx_laws_kept(check, &to, "combine's left side", how) &&
               plx_laws_kept(check, &from, "combine's right side", how);
        if (good && memcmp(from.first, right, size) != 0)
            good = plx_laws_break(check, PLX_LAW_READ_ONLY,
                                  "combine writes into its right side: items [%zu, %zu)", how->lo,
                                  how->hi);
        memcpy(left, to.first, size);
    }
    plx_laws_room_free(&to);
    plx_laws_room_free(&from);
    return good;
}

/* finish on a copy, between guards. */
static bool finish(plx_laws *check, const plx_laws_try *how, unsigned char *acc)
{
    size_t size = check->kernel.acc_size;
    plx_laws_room room = {0};
    if (!plx_laws_room_make(&room, size, 0, 0x2d))
        return plx_laws_no_memory(check);
    bool good = plx_laws_may(check);
    if (good) {
        memcpy(room.first, acc, size);
        plx_laws_doing(check, "finish, accumulator of items [%zu, %zu)", how->lo, how->hi);
        check->kernel.finish(room.first, check->ctx.first);
        check->result->doing[0] = '\0';
        good = plx_laws_kept(check, &room, "finish's acc", how);
        memcpy(acc, room.first, size);
    }
    plx_laws_room_free(&room);
    return good;
}

/* Accumulators' bytes alone are compared. */
static bool same_acc(plx_laws *check, const plx_laws_try *how, const unsigned char *want,
                     unsigned char *got, const char *what)
{
    for (size_t i = 0; i < check->kernel.acc_size; i++)
        if (want[i] != got[i])
            return plx_laws_break(check, how->law, "%s: items [%zu, %zu), acc byte %zu", what,
                                  how->lo, how->hi, i);
    check->result->checked[how->law]++;
    return true;
}

/* Fold [lo, hi) alone into seen; its failures must be those of the whole. */
static bool fold_part(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want,
                      size_t lo, size_t hi, plx_laws_seen *seen)
{
    plx_laws_try how = *plain;
    const plx_laws_seen part = {.marks = want->marks + (lo - plain->lo)};
    plx_laws_seen marks = {0};
    how.law = PLX_LAW_EXACT;
    how.lo = lo;
    how.hi = hi;
    if (!plx_laws_run(check, &how, seen))
        return false;
    marks.marks = seen->marks;
    return plx_laws_same(check, &how, &part, &marks, "a fold's failures depend on the cut");
}

static bool fold_cut(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want,
                     size_t cut)
{
    plx_laws_seen left = {0}, right = {0};
    char what[96];
    plx_laws_try how = *plain;
    how.law = PLX_LAW_EXACT;
    snprintf(what, sizeof what, "claims PLX_EXACT but gives other bytes if cut at item %zu", cut);
    bool good = fold_part(check, plain, want, plain->lo, cut, &left) &&
                fold_part(check, plain, want, cut, plain->hi, &right) &&
                join(check, &how, left.bytes, right.bytes) &&
                same_acc(check, &how, want->bytes, left.bytes, what);
    plx_laws_seen_free(&left);
    plx_laws_seen_free(&right);
    return good;
}

bool plx_laws_fold_cuts(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want)
{
    size_t lo = plain->lo, hi = plain->hi;
    if (!check->result->applies[PLX_LAW_EXACT] || hi - lo < 2)
        return true;
    return fold_cut(check, plain, want, lo + 1) && fold_cut(check, plain, want, hi - 1) &&
           fold_cut(check, plain, want, lo + (hi - lo) / 2) &&
           fold_cut(check, plain, want, lo + (hi - lo + 2) / 3);
}

/* e + x, x + e and e + e, where e is the identity. */
static bool identity_holds(plx_laws *check, const plx_laws_try *how, const unsigned char *x,
                           unsigned char *e, unsigned char *sum)
{
    size_t size = check->kernel.acc_size;
    plx_laws_identity(check, e, 0);
    memcpy(sum, e, size);
    if (!join(check, how, sum, x) ||
        !same_acc(check, how, x, sum, "identity + x gives other bytes than x"))
        return false;
    memcpy(sum, x, size);
    if (!join(check, how, sum, e) ||
        !same_acc(check, how, x, sum, "x + identity gives other bytes than x"))
        return false;
    memcpy(sum, e, size);
    return join(check, how, sum, e) &&
           same_acc(check, how, e, sum, "identity + identity gives other bytes");
}

/* Two sides joined twice, and their sum finished twice. */
static bool joins_again(plx_laws *check, const plx_laws_try *how, const unsigned char *x,
                        unsigned char *once, unsigned char *twice)
{
    size_t size = check->kernel.acc_size;
    memcpy(once, x, size);
    memcpy(twice, x, size);
    if (!join(check, how, once, x) || !join(check, how, twice, x) ||
        !same_acc(check, how, once, twice, "combine twice gives other bytes"))
        return false;
    return !check->kernel.finish ||
           (finish(check, how, once) && finish(check, how, twice) &&
            same_acc(check, how, once, twice, "finish twice gives other bytes"));
}

bool plx_laws_fold_joins(plx_laws *check, const plx_laws_try *plain, const plx_laws_seen *want)
{
    plx_laws_try identity = *plain, again = *plain;
    identity.law = PLX_LAW_IDENTITY;
    again.law = PLX_LAW_COMBINE;
    unsigned char *a = malloc(check->kernel.acc_size), *b = malloc(check->kernel.acc_size);
    bool good = a && b ? true : plx_laws_no_memory(check);
    good = good && identity_holds(check, &identity, want->bytes, a, b) &&
           joins_again(check, &again, want->bytes, a, b);
    free(a);
    free(b);
    return good;
}
