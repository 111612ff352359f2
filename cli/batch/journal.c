/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/journal.c: a batch and its journal: what it holds, whether it is about the same, who
 * may write it, and each process's own writer.
 */
#include <stdio.h>
#include <string.h>

#include "../error.h"
#include "batch.h"
#include "merge.h"

enum { IDLE_DEFAULT = 3 };

/* What reading it comes to. */
typedef struct reading {
    plx_batch_run *run;
    uint32_t last_good;             /* the last session that recorded something */
    uint32_t first;                 /* the first there is; 0: none */
    bool newer;
    char changed[PLX_JOURNAL_WHY];
} reading;

static plx_status take_entry(void *user, const plx_entry *entry, const plx_place *place)
{
    reading *into = user;
    uint32_t *number = plx_keys_add(into->run->keys, entry->key);
    if (number == NULL)
        return PLX_NO_MEMORY;
    *number = (uint32_t)entry->state & PLX_MARK_STATE;
    into->last_good = place->session;
    return PLX_OK;
}

static plx_status take_segment(void *user, const plx_segment *segment, bool told)
{
    reading *into = user;
    if (told && segment->damaged > 0) /* what stood there counts as recorded */
        into->last_good = segment->session;
    if (told)
        return PLX_OK;
    if (into->first == 0)
        into->first = segment->session;
    into->newer = into->newer || segment->newer;
    if (segment->subject != NULL && into->changed[0] == '\0' &&
        !plx_batch_subject_same(into->run->ask->subject, segment->subject, into->changed))
        return plx_cli_json_lacks() ? PLX_NO_MEMORY : PLX_MISMATCH;
    return into->newer ? PLX_MISMATCH : PLX_OK;
}

static int refuse(const reading *found, const char *folder, plx_status status, const char *why)
{
    if (found->newer)
        return plx_cli_error(plx_status_exit(PLX_MISMATCH),
                             "--journal '%s': written by a newer version of parallax", folder);
    if (found->changed[0] != '\0' && status != PLX_NO_MEMORY)
        return plx_cli_error(plx_status_exit(PLX_MISMATCH),
                             "--journal '%s': is about another batch: %s; the same command line "
                             "goes on, another one needs another folder",
                             folder, found->changed);
    return plx_cli_error(plx_status_exit(status), "--journal '%s': %s", folder,
                         why[0] != '\0' ? why : plx_status_text(status));
}

static int check_resume(const plx_batch_run *run, const reading *found)
{
    const plx_batch_ask *ask = run->ask;
    const size_t most = ask->idle != 0 ? ask->idle : IDLE_DEFAULT;
    if (ask->resume == PLX_RESUME_NEVER && run->journal.entries > 0)
        return plx_cli_error(PLX_EXIT_CREATE,
                             "--journal '%s': holds %zu entries, and --resume never takes an empty "
                             "one",
                             ask->journal, run->journal.entries);
    const uint32_t before = found->last_good > 0  ? found->last_good
                            : found->first > 0 ? found->first - 1
                                                  : (uint32_t)run->journal.sessions;
    const size_t idle = run->journal.sessions - before;
    if (idle >= most)
        return plx_cli_error(plx_status_exit(PLX_MISMATCH),
                             "--journal '%s': the last %zu starts recorded nothing, so another one "
                             "is not begun; look why, then --max-idle %zu lets it go on",
                             ask->journal, idle, idle + 1);
    return 0;
}

int plx_batch_journal_read(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    char why[PLX_JOURNAL_WHY] = "";
    reading found = { .run = run };
    const plx_reading how = { .entry = take_entry, .segment = take_segment, .user = &found };
    run->keys = plx_keys_open();
    if (run->keys == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the keys of the items");
    plx_status status = plx_journal_read(ask->journal, &how, &run->journal, why);
    if (status != PLX_OK)
        return refuse(&found, ask->journal, status, why);
    run->resumed = run->journal.entries > 0;
    if (run->journal.unreadable > 0)
        plx_cli_note("--journal '%s': %zu segment%s cannot be read; what stood there runs again",
                     ask->journal, run->journal.unreadable,
                     run->journal.unreadable == 1 ? "" : "s");
    else if (run->journal.holes > 0)
        plx_cli_note("--journal '%s': %llu bytes are damaged; what stood there runs again",
                     ask->journal, (unsigned long long)run->journal.damaged);
    run->plan.session = (uint32_t)run->journal.sessions + 1;
    const int code = check_resume(run, &found);
    return code == 0 && !run->resumed ? plx_merge_check_new(ask) : code;
}

int plx_batch_journal_join(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    char why[PLX_JOURNAL_WHY] = "";
    plx_status status = plx_owner_take(&run->owner, ask->journal, ask->take_over, why);
    if (status != PLX_OK)
        return plx_cli_error(status == PLX_BAD_JOB ? PLX_EXIT_CREATE : plx_status_exit(status),
                             "--journal '%s': %s", ask->journal, why);
    return plx_batch_journal_read(run);
}

int plx_batch_journal_open(plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    char why[PLX_JOURNAL_WHY] = "";
    const plx_writer_how how = {
        .folder = ask->journal,
        .subject = ask->subject,
        .session = run->plan.session,
        .rank = run->rank,
        .durability = ask->durability,
        .owner = run->owner,
        .broken = plx_batch_broken,
        .user = run,
    };
    plx_status status = plx_writer_open(&run->writer, &how, why);
    return status == PLX_OK ? 0
                            : plx_cli_error(plx_status_exit(status), "--journal '%s': %s",
                                            ask->journal, why);
}

/* What it recorded counts, whatever became of the rest. */
int plx_batch_journal_close(plx_batch_run *run)
{
    char why[PLX_JOURNAL_WHY] = "";
    plx_writer_report report = { .sync_median_s = -1, .sync_p99_s = -1 };
    if (run->writer == NULL)
        return 0;
    plx_status status = plx_writer_close(run->writer, &report, why);
    run->writer = NULL;
    run->counts.entries = report.entries;
    run->counts.segments = report.segments;
    run->counts.sync_median_s = report.sync_median_s;
    run->counts.sync_p99_s = report.sync_p99_s;
    if (status == PLX_OK)
        return 0;
    return plx_cli_error(plx_status_exit(status), "--journal '%s': %s", run->ask->journal, why);
}
