/* SPDX-License-Identifier: MIT */
/* cli/journal_verify.c: `parallax journal verify`: is every byte as it was written? */
#include <inttypes.h>
#include <stdio.h>

#include "error.h"
#include "journal_verbs.h"
#include "json.h"
#include "since.h"

typedef struct verifying {
    json_t *damage;                     /* NULL: text */
    size_t segments;                    /* damaged ones */
} verifying;

static json_t *damage_of(const plx_segment *segment)
{
    json_t *one = json_object();
    json_object_set_new(one, "segment", plx_cli_json_text(segment->name));
    json_object_set_new(one, "readable", json_boolean(segment->readable));
    json_object_set_new(one, "entries", plx_cli_json_count(segment->entries));
    json_object_set_new(one, "holes", plx_cli_json_count(segment->holes));
    json_object_set_new(one, "bytes", plx_cli_json_count(segment->damaged));
    json_object_set_new(one, "at", plx_cli_json_count(segment->damaged_at));
    return one;
}

static plx_status see_segment(void *user, const plx_segment *segment, bool told)
{
    verifying *v = user;
    if (!told || segment->holes == 0)
        return PLX_OK;
    v->segments++;
    if (v->damage != NULL)
        json_array_append_new(v->damage, damage_of(segment));
    else if (!segment->readable)
        printf("%s: its header is damaged: none of its %" PRIu64 " bytes can be believed\n",
               segment->name, segment->bytes);
    else
        printf("%s: %zu damaged stretch%s, %" PRIu64 " bytes, the first at byte %" PRIu64
               "; %zu entries are whole\n",
               segment->name, segment->holes, segment->holes == 1 ? "" : "es", segment->damaged,
               segment->damaged_at, segment->entries);
    return PLX_OK;
}

static int print_json(const char *folder, const plx_journal_report *report, json_t *damage,
                      double elapsed_s)
{
    json_t *all = json_object();
    json_object_set_new(all, "schema", json_string("parallax.journal-verify/1"));
    json_object_set_new(all, "folder", plx_cli_json_text(folder));
    json_object_set_new(all, "whole", json_boolean(report->holes == 0));
    json_object_set_new(all, "segments", plx_cli_json_count(report->segments));
    json_object_set_new(all, "unended", plx_cli_json_count(report->unended));
    json_object_set_new(all, "entries", plx_cli_json_count(report->entries));
    json_object_set_new(all, "bytes", plx_cli_json_count(report->bytes));
    json_object_set_new(all, "holes", plx_cli_json_count(report->holes));
    json_object_set_new(all, "damaged", plx_cli_json_count(report->damaged));
    json_object_set_new(all, "damage", damage);
    json_object_set_new(all, "elapsed_s", plx_cli_json_seconds(elapsed_s));
    json_object_set_new(all, "entries_per_s",
                        plx_cli_json_seconds((double)report->entries / elapsed_s));
    return plx_cli_json_print(all);
}

int plx_journal_verify(const char *folder, bool json)
{
    plx_journal_report report;
    verifying v = {.damage = json ? json_array() : NULL};
    const plx_reading reading = {.segment = see_segment, .user = &v};
    const uint64_t begun_ns = plx_cli_since_now();
    int code = plx_journal_read_all(folder, &reading, &report);
    const double elapsed_s = (double)(plx_cli_since_now() - begun_ns) * 1e-9;
    if (code != 0) {
        json_decref(v.damage);
        return code;
    }
    if (json)
        code = print_json(folder, &report, v.damage, elapsed_s);
    else
        printf("%zu segment%s, %zu entries, %" PRIu64 " bytes, %" PRIu64
               " of them damaged; %.3g s, %.3g entries a second\n",
               report.segments, report.segments == 1 ? "" : "s", report.entries, report.bytes,
               report.damaged, elapsed_s, (double)report.entries / elapsed_s);
    if (code == 0 && report.holes > 0)
        code = plx_cli_error(PLX_EXIT_DATA,
                             "journal verify: '%s': damaged: %zu of %zu segments; what was lost "
                             "there is run again when the batch is resumed",
                             folder, v.segments, report.segments);
    return code;
}
