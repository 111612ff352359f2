/* SPDX-License-Identifier: MIT */
/*
 * cli/journal_stat.c: `parallax journal stat`: a journal in a few lines.
 *
 * Of each key the last entry counts: a table of keys holds its state and tries, so that what it
 * replaces can be taken off the sums.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "journal_item.h"
#include "journal_verbs.h"
#include "json.h"

enum { STATES = PLX_ITEM_FALLBACK + 1, STATE_BITS = 2 };

typedef struct figures {
    plx_keys *keys;                     /* to state, and tries above it */
    size_t items[STATES], foreign;      /* segments of another subject than the first */
    uint64_t tries;
    char *subject;
    plx_segment last;                   /* that was begun */
    plx_journal_report report;
} figures;

static plx_status see_entry(void *user, const plx_entry *entry, const plx_place *place)
{
    (void)place;
    figures *f = user;
    uint32_t *number = plx_keys_add(f->keys, entry->key);
    if (number == NULL)
        return PLX_NO_MEMORY;
    f->items[*number & (STATES - 1)]--; /* of a new one: none's, which nobody asks for */
    f->tries -= *number >> STATE_BITS;
    const uint32_t tries = entry->tries > 0 ? (uint32_t)entry->tries & UINT32_MAX >> STATE_BITS : 0;
    *number = (uint32_t)entry->state | tries << STATE_BITS;
    f->items[entry->state]++;
    f->tries += tries;
    return PLX_OK;
}

static plx_status see_segment(void *user, const plx_segment *segment, bool told)
{
    figures *f = user;
    if (!told || !segment->readable)
        return PLX_OK;
    if (f->subject == NULL) {
        f->subject = malloc(strlen(segment->subject) + 1);
        if (f->subject == NULL)
            return PLX_NO_MEMORY;
        strcpy(f->subject, segment->subject);
    }
    f->foreign += strcmp(f->subject, segment->subject) != 0;
    if (f->last.begun_s <= segment->begun_s)
        f->last = *segment;
    return PLX_OK;
}

static json_t *items_json(const figures *f)
{
    json_t *items = json_object();
    for (int state = PLX_ITEM_OK; state < STATES; state++)
        json_object_set_new(items, plx_item_state_name((plx_item_state)state),
                            plx_cli_json_count(f->items[state]));
    return items;
}

static json_t *writer_json(const figures *f)
{
    char begun[PLX_JOURNAL_TIME];
    if (f->subject == NULL)
        return json_null();
    json_t *writer = json_object();
    plx_journal_time(f->last.begun_s, begun);
    json_object_set_new(writer, "session", json_integer(f->last.session));
    json_object_set_new(writer, "rank", json_integer(f->last.rank));
    json_object_set_new(writer, "host", plx_cli_json_text(f->last.host));
    json_object_set_new(writer, "pid", json_integer(f->last.pid));
    json_object_set_new(writer, "begun", json_string(begun));
    json_object_set_new(writer, "ended", json_boolean(f->last.ended));
    return writer;
}

/* null: nobody holds it. alive: null on another host. */
static json_t *owner_json(const char *folder)
{
    plx_owner_seen seen;
    if (!plx_owner_look(folder, &seen) || !seen.held)
        return json_null();
    json_t *owner = json_object();
    json_object_set_new(owner, "host", plx_cli_json_text(seen.host));
    json_object_set_new(owner, "pid", json_integer(seen.pid));
    json_object_set_new(owner, "alive", seen.here ? json_boolean(seen.alive) : json_null());
    return owner;
}

static int print_json(const char *folder, const figures *f)
{
    const plx_journal_report *report = &f->report;
    json_t *all = json_object(), *subject = NULL;
    if (f->subject != NULL)
        subject = json_loads(f->subject, JSON_DECODE_ANY, NULL);
    json_object_set_new(all, "schema", json_string("parallax.journal-stat/1"));
    json_object_set_new(all, "folder", plx_cli_json_text(folder));
    json_object_set_new(all, "subject", subject ? subject : json_null());
    json_object_set_new(all, "sessions", plx_cli_json_count(report->sessions));
    json_object_set_new(all, "segments", plx_cli_json_count(report->segments));
    json_object_set_new(all, "unreadable", plx_cli_json_count(report->unreadable));
    json_object_set_new(all, "unended", plx_cli_json_count(report->unended));
    json_object_set_new(all, "foreign", plx_cli_json_count(f->foreign));
    json_object_set_new(all, "items", items_json(f));
    json_object_set_new(all, "entries", plx_cli_json_count(report->entries));
    json_object_set_new(all, "tries", plx_cli_json_count(f->tries));
    json_object_set_new(all, "bytes", plx_cli_json_count(report->bytes));
    json_object_set_new(all, "holes", plx_cli_json_count(report->holes));
    json_object_set_new(all, "damaged", plx_cli_json_count(report->damaged));
    json_object_set_new(all, "writer", writer_json(f));
    json_object_set_new(all, "owner", owner_json(folder));
    return plx_cli_json_print(all);
}

static void print_plain(const char *label, const char *text)
{
    fputs(label, stdout);
    plx_cli_print_shown(text, stdout);
}

static void print_subject(const char *text)
{
    json_t *subject = json_loads(text, 0, NULL);
    const char *kernel = json_string_value(json_object_get(subject, "kernel"));
    const char *command = json_string_value(json_object_get(subject, "exec"));
    if (kernel != NULL)
        print_plain("  kernel       ", kernel);
    if (command != NULL)
        print_plain("  command      ", command);
    if (kernel != NULL || command != NULL)
        putchar('\n');
    json_decref(subject);
}

static void print_owner(const char *folder)
{
    plx_owner_seen seen;
    if (!plx_owner_look(folder, &seen) || !seen.held)
        return;
    printf("  owner        pid %" PRId64, seen.pid);
    print_plain(" on ", seen.host);
    puts(!seen.here ? "" : seen.alive ? ", which runs" : ", which is gone");
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static int print_text(const char *folder, const figures *f)
{
    char begun[PLX_JOURNAL_TIME];
    const plx_journal_report *report = &f->report;
    printf("%s\n", folder);
    if (f->subject != NULL)
        print_subject(f->subject);
    printf("  items        %zu: %zu ok, %zu failed, %zu fallback; %" PRIu64 " %s\n",
           f->items[PLX_ITEM_OK] + f->items[PLX_ITEM_BAD] + f->items[PLX_ITEM_FALLBACK],
           f->items[PLX_ITEM_OK], f->items[PLX_ITEM_BAD], f->items[PLX_ITEM_FALLBACK], f->tries,
           f->tries == 1 ? "try" : "tries");
    printf("  entries      %zu in %zu segment%s of %zu session%s, %" PRIu64 " bytes\n",
           report->entries, report->segments, plural(report->segments), report->sessions,
           plural(report->sessions), report->bytes);
    printf("  not closed   %zu segment%s\n", report->unended, plural(report->unended));
    printf("  damage       %zu stretch%s, %" PRIu64 " byte%s; %zu segment%s unreadable, %zu of "
           "another batch\n",
           report->holes, report->holes == 1 ? "" : "es", report->damaged,
           plural((size_t)report->damaged), report->unreadable, plural(report->unreadable),
           f->foreign);
    if (f->subject != NULL) {
        plx_journal_time(f->last.begun_s, begun);
        printf("  last writer  session %" PRIu32 ", rank %" PRId32 ", pid %" PRId64 ", begun %s",
               f->last.session, f->last.rank, f->last.pid, begun);
        print_plain(" on ", f->last.host);
        putchar('\n');
    }
    print_owner(folder);
    return plx_cli_json_lacks() ? plx_cli_error(PLX_EXIT_SYSTEM, "out of memory") : 0;
}

int plx_journal_stat(const char *folder, bool json)
{
    figures f = {.keys = plx_keys_open()};
    const plx_reading reading = {.entry = see_entry, .segment = see_segment, .user = &f};
    if (f.keys == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    int code = plx_journal_read_all(folder, &reading, &f.report);
    if (code == 0)
        code = json ? print_json(folder, &f) : print_text(folder, &f);
    plx_keys_close(f.keys);
    free(f.subject);
    return code;
}
