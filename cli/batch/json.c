/* SPDX-License-Identifier: MIT */
/* cli/batch/json.c: what a batch came to, as parallax.batch/1. Fields are only added. */
#include <inttypes.h>
#include <stdio.h>

#include "batch.h"

static json_t *count_or_null(uint64_t count)
{
    return count == UINT64_MAX ? json_null() : plx_cli_json_count((size_t)count);
}

static json_t *items_of(const plx_batch_run *run)
{
    json_t *items = json_object();
    json_object_set_new(items, "ok", plx_cli_json_count((size_t)run->counts.ok));
    json_object_set_new(items, "failed", plx_cli_json_count((size_t)run->counts.failed));
    json_object_set_new(items, "fallback", plx_cli_json_count((size_t)run->counts.fallback));
    json_object_set_new(items, "before", plx_cli_json_count((size_t)run->before));
    json_object_set_new(items, "before_failed", plx_cli_json_count((size_t)run->before_failed));
    json_object_set_new(items, "not_run", count_or_null(plx_batch_left(run)));
    return items;
}

static json_t *journal_of(const plx_batch_run *run)
{
    const char *durability = run->ask->durability_name;
    json_t *journal = json_object();
    if (run->ask->journal == NULL) {
        json_decref(journal);
        return json_null();
    }
    json_object_set_new(journal, "folder", plx_cli_json_text(run->ask->journal));
    json_object_set_new(journal, "session", json_integer(run->plan.session));
    json_object_set_new(journal, "segments", plx_cli_json_count((size_t)run->counts.segments));
    json_object_set_new(journal, "entries", plx_cli_json_count((size_t)run->counts.entries));
    json_object_set_new(journal, "damaged", plx_cli_json_count((size_t)run->journal.damaged));
    json_object_set_new(journal, "sync_median_s", plx_cli_json_seconds(run->counts.sync_median_s));
    json_object_set_new(journal, "sync_p99_s", plx_cli_json_seconds(run->counts.sync_p99_s));
    json_object_set_new(journal, "durability",
                        json_string(durability != NULL ? durability : "group"));
    return journal;
}

static json_t *failures_of(const plx_batch_run *run)
{
    json_t *list = json_array();
    for (size_t i = 0; i < run->failures_n; i++) {
        const plx_failure *failure = &run->failures[i];
        json_t *one = json_object();
        json_object_set_new(one, "item", plx_cli_json_count(failure->item));
        json_object_set_new(one, "text",
                            run->ask->command == NULL ? json_null()
                            : run->texts[i] != NULL   ? plx_cli_json_text(run->texts[i])
                                                      : plx_cli_json_none());
        json_object_set_new(one, "code", json_integer(failure->code));
        json_object_set_new(one, "signal",
                            run->signals[i] != 0 ? json_integer(run->signals[i]) : json_null());
        json_object_set_new(one, "why", plx_cli_json_text(failure->why));
        json_object_set_new(one, "rank", json_integer(failure->rank));
        json_object_set_new(one, "tries", json_integer(failure->tries));
        json_array_append_new(list, one);
    }
    return list;
}

static const char *status_of(const plx_batch_run *run)
{
    if (run->status != PLX_OK && run->status != PLX_ITEM_FAILED && run->status != PLX_STOPPED)
        return plx_status_name(run->status);
    if (plx_batch_left(run) != 0)
        return plx_status_name(PLX_STOPPED);
    return plx_status_name(run->counts.failed + run->before_failed > 0 ? PLX_ITEM_FAILED : PLX_OK);
}

static json_t *digest_of(const plx_batch_run *run)
{
    char text[20];
    if (!run->merged || run->ask->command != NULL)
        return json_null();
    snprintf(text, sizeof text, "%016" PRIx64, run->digest);
    return json_pack("{s:s}", "value", text);
}

static void set_what(json_t *batch, const plx_batch_run *run)
{
    const plx_batch_ask *ask = run->ask;
    plx_team_info info;
    plx_team_about(run->team, &info);
    json_object_set_new(batch, "schema", json_string("parallax.batch/1"));
    if (ask->command != NULL)
        json_object_set_new(batch, "exec", plx_cli_json_text(ask->command));
    else
        json_object_set_new(batch, "kernel", json_string(ask->kernel->name));
    json_object_set_new(batch, "model", json_string(ask->model.name));
    json_object_set_new(batch, "status", json_string(status_of(run)));
    json_object_set_new(batch, "workers", json_integer(info.workers));
    json_object_set_new(batch, "ranks", json_integer(info.ranks));
    json_object_set_new(batch, "threads", json_integer(info.threads));
    json_object_set_new(batch, "n", run->listed || run->plan.n > 0
                                        ? plx_cli_json_count((size_t)run->plan.n)
                                        : json_null());
}

int plx_batch_json(const plx_batch_run *run)
{
    json_t *batch = json_object(), *policy = plx_cli_policy_json(&run->ask->policy);
    set_what(batch, run);
    json_object_set_new(batch, "items", items_of(run));
    json_object_set_new(batch, "result", digest_of(run));
    json_object_set_new(batch, "journal", journal_of(run));
    json_object_set_new(batch, "failures", failures_of(run));
    json_object_set_new(batch, "stopped_by", plx_cli_json_text(plx_batch_stopper(run)));
    json_object_set_new(batch, "elapsed_s", plx_cli_json_seconds(run->elapsed_s));
    json_object_set_new(batch, "open_s", plx_cli_json_seconds(run->open_s));
    json_object_set_new(batch, "launch_s", plx_cli_json_seconds(run->launch_s));
    json_object_set_new(batch, "policy", policy != NULL ? policy : json_null());
    return plx_cli_json_print(batch);
}
