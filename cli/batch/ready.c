/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/ready.c: what a process needs before a batch can run: helper, team, sizes, notes.
 *
 * The helper is forked before a thread or MPI is there. Sizes are rank 0's, told to all: a batch is
 * about a millisecond of work, or one item where items wait; enough batches are under way that a
 * long item holds nobody up, within bounds on memory and open files.
 */
#define _XOPEN_SOURCE 700                   /* setrlimit */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../error.h"
#include "../exits.h"
#include "../place.h"
#include "../signals.h"
#include "../since.h"
#include "batch.h"
#include "limit.h"

enum { WAITING_SLOTS = 4096, SLOTS = 64, POSITIONS = 65536, BATCH_MOST = 4096, FILES_MOST = 16384,
       FILES_OTHER = 256 };
static const size_t batch_bytes = 1 << 20, line_bytes = 16 << 20, slot_bytes = 256 << 20;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* As today's headers have it; one compiled against older ones reads as zero beyond its end. */
static void copy_kernel(plx_kernel *copy, const plx_kernel *kernel)
{
    if (kernel != NULL)
        memcpy(copy, kernel, least(kernel->size, sizeof *copy));
}

/* As many as can run at once here. */
static int channels_of(const plx_batch_ask *ask)
{
    return ask->single ? 1 : ask->threads > 0 ? ask->threads : plx_cores();
}

/* A signal handler's: what runs ends before this rank does. */
static plx_helper *_Atomic at_hand;

static void abandon(void)
{
    plx_helper *helper = at_hand;
    if (helper != NULL)
        plx_helper_abandon(helper);
}

static int start_helper(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    const plx_helper_how how = {
        .channels = channels_of(ask),
        .words = ask->words,
        .kernel = ask->kernel,
        .ctx = ask->ctx,
        .n = (size_t)run->plan.n,
        .launched = ask->across && plx_cli_where().launched,
    };
    int code = plx_helper_start(&run->helper, &how);
    at_hand = run->helper;
    plx_cli_signals_lost(abandon);
    const char *why = code == 0 && ask->isolate ? plx_helper_refused(run->helper) : NULL;
    if (why == NULL)
        return code;
    return plx_cli_error(plx_status_exit(PLX_REFUSED), "%s: %s", ask->kernel->name, why);
}

/* Ranks above 0 have no list; but an isolated kernel is prepared for its length everywhere. */
static int open_items(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    const plx_items_how how = plx_batch_items_how(ask);
    const bool once = ask->items != NULL && plx_items_once(ask->items);
    if (!run->root && (!ask->isolate || once))
        return 0;
    int code = plx_items_open(&run->items, &how);
    const uint64_t n = code == 0 ? plx_items_count(run->items) : 0;
    run->plan.n = n == PLX_ITEMS_ALL ? 0 : n;
    if (!run->root) {
        plx_items_close(run->items);
        run->items = NULL;
    }
    return code;
}

int plx_batch_ready_before(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    run->root = plx_cli_where().rank == 0;
    run->plan.left_s = -1;
    copy_kernel(&run->user, ask->kernel);
    int code = 0;
    if (run->root && ask->deadline != NULL)
        code = plx_batch_limit(ask->deadline, &run->limit_s);
    run->limit_at_s = (double)plx_cli_since_now() * 1e-9;
    if (code == 0)
        code = open_items(run);
    return code == 0 && ask->helped ? start_helper(run) : code;
}

int plx_batch_ready_team(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    run->launch_s = plx_cli_since_launch(ask->started);
    int code = ask->across ? plx_cli_place_check_bare() : 0;
    if (code != 0)
        return code;
    plx_cli_place_meet();
    const uint64_t before = plx_cli_since_now();
    plx_status status = plx_open(ask->model.name, ask->single ? 1 : ask->threads, &run->team);
    run->open_s = (double)(plx_cli_since_now() - before) * 1e-9;
    if (status != PLX_OK)
        return plx_cli_error(plx_status_exit(status), "model '%s': cannot be opened: %s",
                             ask->model.name, plx_status_text(status));
    plx_cli_exits_guard();
    run->rank = plx_team_rank(run->team);
    run->root = run->rank == 0;
    return ask->across ? plx_cli_place_check(run->team) : 0;
}

/* Files that are open until their turn to be shown. */
static size_t files_at_once(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return FILES_OTHER;
    if (limit.rlim_cur < FILES_MOST && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max < FILES_MOST ? limit.rlim_max : FILES_MOST;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur > 2 * FILES_OTHER ? (size_t)limit.rlim_cur - FILES_OTHER : FILES_OTHER;
}

static bool waits(const plx_batch_run *run)
{
    return run->ask->helped || (run->user.flags & PLX_WAITS) != 0;
}

/* A rank runs one batch at a time, with all its threads. */
static size_t batch_of(const plx_batch_run *run)
{
    const size_t threads = (size_t)plx_team_threads(run->team);
    const bool lines = run->kernel.in_size == PLX_VARIES;
    const size_t item = (lines ? (size_t)run->plan.longest : run->kernel.in_size) +
                        run->kernel.out_size;
    size_t batch = SLOTS;
    if (waits(run))
        return plx_team_ranks(run->team) > 1 && threads > 1 ? 4 * threads : 1;
    if (run->user.item_ns > 0)
        batch = run->user.item_ns >= 1e6 ? 1 : (size_t)(1e6 / run->user.item_ns);
    batch = least(most(batch, 1), BATCH_MOST);
    return most(1, least(batch, (lines ? line_bytes : batch_bytes) / item));
}

static size_t slots_of(const plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    plx_team_info info;
    plx_team_about(run->team, &info);
    const size_t batch = (size_t)run->plan.batch, workers = 2 * (size_t)info.workers;
    const bool lines = run->kernel.in_size == PLX_VARIES;
    size_t slots = waits(run) ? WAITING_SLOTS / least(batch, WAITING_SLOTS)
                              : least(SLOTS, POSITIONS / least(batch, POSITIONS));
    if (ask->command != NULL && (ask->keep_order || ask->across))
        slots = least(slots, files_at_once() / 2 / batch);
    if (lines)
        slots = least(slots, slot_bytes / ((size_t)run->plan.longest * batch));
    return most(slots, workers);
}

void plx_batch_ready_sizes(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    run->kernel = plx_batch_task(run);
    run->plan.longest = sizeof(plx_batch_head) + plx_items_longest(run->items);
    run->plan.batch = ask->batch != 0 ? ask->batch : batch_of(run);
    run->plan.in_flight = ask->in_flight != 0 ? ask->in_flight : slots_of(run);
    if (run->limit_s > 0) {
        const double since = (double)plx_cli_since_now() * 1e-9 - run->limit_at_s;
        run->plan.left_s = run->limit_s > since ? run->limit_s - since : 0;
    }
}

/* What an item gets that failed its last try: a whole out item that says so. */
static int make_fallback(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    if (ask->policy.fallback == NULL)
        return 0;
    run->fallback = calloc(1, run->kernel.out_size);
    if (run->fallback == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the value of --fallback");
    run->fallback->state = PLX_ITEM_FALLBACK;
    return ask->command != NULL
               ? 0
               : plx_cli_policy_fallback(ask->kernel, ask->policy.fallback, run->fallback + 1);
}

static int make_notes(plx_batch_run *run)
{
    const uint64_t batch = run->plan.batch, slots = run->plan.in_flight;
    run->notes_n = batch <= SIZE_MAX / slots ? (size_t)(batch * slots) : SIZE_MAX;
    run->notes = run->notes_n <= SIZE_MAX / 2 / sizeof *run->notes
                     ? malloc(run->notes_n * sizeof *run->notes)
                     : NULL;
    if (run->notes == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "--batch '%llu': no memory for %llu of them",
                             (unsigned long long)batch, (unsigned long long)slots);
    for (size_t i = 0; i < run->notes_n; i++)
        run->notes[i] = (plx_batch_note){ .position = SIZE_MAX, .file = { -1, -1 } };
    return 0;
}

static int make_lists(plx_batch_run *run)
{
    const size_t cap = run->ask->failures + 1;
    run->failures = calloc(cap, sizeof *run->failures);
    run->texts = calloc(cap, sizeof *run->texts);
    run->signals = calloc(cap, sizeof *run->signals);
    return run->failures && run->texts && run->signals
               ? 0
               : plx_cli_error(PLX_EXIT_SYSTEM, "no memory for %zu failures", run->ask->failures);
}

int plx_batch_ready(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    run->kernel = plx_batch_task(run);
    int code = make_notes(run);
    if (code == 0)
        code = make_lists(run);
    if (code == 0)
        code = make_fallback(run);
    run->policy = plx_cli_policy_fill(&ask->policy, ask->seed);
    run->policy.fallback = run->fallback;
    run->policy.stop = plx_cli_signals_stop();
    run->policy.clock = plx_batch_clock(run);
    if (ask->policy.progress)
        plx_batch_progress_begin(run);
    return code == 0 && ask->journal != NULL ? plx_batch_journal_open(run) : code;
}

void plx_batch_ready_close(plx_batch_run *run)
{
    at_hand = NULL;
    plx_helper_stop(run->helper);
    for (size_t i = 0; run->notes != NULL && i < run->notes_n; i++)
        plx_batch_note_drop(&run->notes[i]);
    for (size_t i = 0; run->texts != NULL && i < run->failures_n; i++)
        free(run->texts[i]);
    free(run->notes);
    free(run->texts);
    free(run->failures);
    free(run->signals);
    free(run->fallback);
    free(run->held);
    plx_keys_close(run->keys);
    plx_items_close(run->items);
}
