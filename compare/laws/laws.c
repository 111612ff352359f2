/* SPDX-License-Identifier: MIT */
/*
 * compare/laws/laws.c: which blocks of a job are looked at, and for how long.
 *
 * Blocks lie at the ends and within, as long as the cost of their items allows: a check ends soon
 * whatever an item costs, and says so if it left something out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/laws/laws_run.h"

enum {
    ITEMS_MOST = 4095, /* odd: what vectors leave over is there too */
    ITEMS_LEAST = 3,   /* so that a block can be cut */
    BYTES_MOST = 4 << 20,
    RUNS = 400 /* a longer run than this part of the time grows no more */
};

static const struct {
    const char *name, *about;
} laws[] = {
#define ENTRY(law, name, about) {name, about},
    PLX_LAWS_LIST(ENTRY)};

const char *plx_laws_name(int law)
{
    return law >= 0 && law < PLX_LAWS ? laws[law].name : "?";
}

const char *plx_laws_about(int law)
{
    return law >= 0 && law < PLX_LAWS ? laws[law].about : "?";
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Items whose bytes are no more than told, at least enough to be cut. */
static size_t fitting(const plx_kernel *kernel, size_t most, size_t bytes)
{
    size_t in = kernel->in_size == PLX_VARIES ? 0 : kernel->in_size;
    size_t wide = in > kernel->out_size ? in : kernel->out_size;
    size_t items = lesser(most, wide ? bytes / wide : most);
    return items > ITEMS_LEAST ? items : ITEMS_LEAST;
}

static void drop_items(plx_laws *check)
{
    free(check->items.in);
    free(check->items.at);
    check->items = (plx_laws_items){0};
}

/* Get items [lo, hi) in place of those before. */
static bool fetch(plx_laws *check, size_t lo, size_t hi)
{
    const plx_laws_plan *plan = check->plan;
    size_t in_size = check->kernel.in_size, size = (hi - lo) * in_size, *at = NULL;
    drop_items(check);
    check->items = (plx_laws_items){.lo = lo, .hi = hi};
    if (in_size == 0)
        return true;
    if (in_size == PLX_VARIES) {
        at = check->items.at = calloc(hi - lo + 1, sizeof *at);
        if (!at)
            return plx_laws_no_memory(check);
        check->status = plan->items(plan->user, lo, hi, at, NULL);
        size = at[hi - lo];
    }
    check->items.in = malloc(size + 1);
    if (!check->items.in)
        return plx_laws_no_memory(check);
    if (check->status == PLX_OK)
        check->status = plan->items(plan->user, lo, hi, at, check->items.in);
    return check->status == PLX_OK;
}

/* Longer and longer from lo on, while that takes a small part of the time: dear items, a few. */
static size_t grow(plx_laws *check, size_t lo, size_t hi, bool fold)
{
    size_t items = lesser(ITEMS_LEAST, hi - lo);
    for (bool going = true; going && items < hi - lo;) {
        plx_laws_try how = {.lo = lo, .hi = lo + items, .fold = fold, .law = PLX_LAW_REPEAT};
        plx_laws_seen ignored;
        going = plx_laws_run(check, &how, &ignored) && check->run_s < check->limit_s / RUNS;
        plx_laws_seen_free(&ignored);
        items = going ? lesser(4 * items, hi - lo) : items;
    }
    return items;
}

static bool check_at(plx_laws *check, size_t lo, size_t most, bool brief)
{
    size_t hi = lo + lesser(most, check->plan->n - lo);
    if (!fetch(check, lo, hi))
        return false;
    bool good = true;
    for (int fold = 0; good && fold <= 1; fold++)
        if (fold ? check->kernel.fold != NULL : check->kernel.map != NULL)
            good =
                plx_laws_block(check, lo, brief ? hi : lo + grow(check, lo, hi, fold), fold, brief);
    check->result->blocks += good;
    return good;
}

/* One as the library would cut it, if that is another length and is not too long. */
static void check_grain(plx_laws *check)
{
    const plx_laws_plan *plan = check->plan;
    const plx_job job = {.kernel = plan->kernel, .n = plan->n, .ctx = plan->ctx};
    plx_laws_doing(check, "grain");
    size_t grain = fitting(&check->kernel, lesser(plx_grain(&job), 65536), 2 * BYTES_MOST),
           known = fitting(&check->kernel, ITEMS_MOST, BYTES_MOST);
    check->result->doing[0] = '\0';
    if (grain <= known || plan->n <= known || check->item_s * (double)grain > check->limit_s / 50)
        return;
    check_at(check, plan->n / grain / 2 * grain, grain, true);
}

/* No items, no blocks: the result is the identity. */
static bool check_nothing(plx_laws *check)
{
    const plx_laws_try how = {.fold = true};
    unsigned char *acc = malloc(check->kernel.acc_size + 1);
    const plx_laws_seen nothing = {.bytes = acc, .size = check->kernel.acc_size};
    bool good = acc ? true : plx_laws_no_memory(check);
    if (good && check->kernel.fold) {
        plx_laws_identity(check, acc, 0);
        good = plx_laws_fold_joins(check, &how, &nothing);
    }
    free(acc);
    return good;
}

static void check_job(plx_laws *check)
{
    size_t n = check->plan->n, most = fitting(&check->kernel, ITEMS_MOST, BYTES_MOST);
    bool good = n > 0 ? check_at(check, 0, most, false) : check_nothing(check);
    if (n > most)
        good = good && check_at(check, n - most, most, false) &&
               check_at(check, n / 2 - lesser(most / 2, n / 2), most, false) &&
               check_at(check, n / 3 + 1, most / 2 + 2, false);
    if (good)
        check_grain(check);
}

static void set_applies(const plx_kernel *kernel, bool scratch, bool *applies)
{
    for (int law = 0; law < PLX_LAWS; law++)
        applies[law] = true;
    applies[PLX_LAW_SCRATCH] = scratch;
    applies[PLX_LAW_CUT] = kernel->map != NULL;
    applies[PLX_LAW_EXACT] = kernel->fold && (kernel->flags & PLX_EXACT);
    applies[PLX_LAW_IDENTITY] = applies[PLX_LAW_COMBINE] = kernel->fold != NULL;
}

static plx_status open_check(plx_laws *check)
{
    const plx_laws_plan *plan = check->plan;
    const plx_kernel *given = plan->kernel, *kernel = &check->kernel;
    const char *why = NULL;
    memcpy(&check->kernel, given, given->size < sizeof *given ? given->size : sizeof *given);
    if ((kernel->in_size != PLX_VARIES && kernel->in_size > SIZE_MAX / 8) ||
        kernel->out_size > SIZE_MAX / 8)
        return PLX_TOO_BIG;
    plx_laws_doing(check, "scratch_size and prepare");
    size_t scratch = kernel->scratch_size ? kernel->scratch_size(plan->n, plan->ctx) : 0;
    set_applies(kernel, scratch > 0, check->result->applies);
    if (!plx_laws_room_make(&check->scratch, scratch, 0, 0x96) ||
        !plx_laws_room_make(&check->ctx, kernel->ctx_size, 0, 0x69))
        return PLX_NO_MEMORY;
    if (kernel->ctx_size)
        memcpy(check->ctx.first, plan->ctx, kernel->ctx_size);
    bool ready =
        !kernel->prepare || kernel->prepare(plan->n, check->ctx.first, &check->shared, &why) == 0;
    check->result->doing[0] = '\0';
    if (ready)
        return PLX_OK;
    snprintf(check->result->why, sizeof check->result->why, "%s", why ? why : "refused");
    return PLX_REFUSED;
}

plx_status plx_laws_check(const plx_laws_plan *plan, plx_laws_result *result)
{
    *result = (plx_laws_result){.broken = -1};
    plx_laws check = {.plan = plan,
                      .result = result,
                      .begun_s = plx_laws_now(),
                      .limit_s = plan->limit_s > 0 ? plan->limit_s : 1};
    check.status = open_check(&check);
    if (check.status == PLX_OK) {
        check_job(&check);
        plx_laws_doing(&check, "release");
        if (check.kernel.release)
            check.kernel.release(check.shared);
        result->doing[0] = '\0';
    }
    drop_items(&check);
    plx_laws_room_free(&check.ctx);
    plx_laws_room_free(&check.scratch);
    result->elapsed_s = plx_laws_now() - check.begun_s;
    if (check.status != PLX_OK && !result->why[0])
        snprintf(result->why, sizeof result->why, "%s", plx_status_text(check.status));
    return check.status;
}
