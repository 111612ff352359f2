/* SPDX-License-Identifier: MIT */
/*
 * cli/journal_export.c: `parallax journal export`: the final state of each item, by key.
 *
 * The journal is read once for each part of all keys, as many parts as keep a part's places in
 * memory small. They are sorted; of each key the last is the final state, which is then looked up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "journal_item.h"
#include "journal_verbs.h"
#include "plx/plx.h"

enum {
    WITHIN = 64 << 20,                  /* bytes of places in memory at a time, about */
    SHOWN = 4096                        /* bytes of what a command wrote */
};

/* An entry: its key, and where it stands. */
typedef struct spot {
    plx_key key;
    uint32_t segment;                   /* in the order of reading */
    uint64_t offset, output[2];
} spot;

typedef struct segment {
    uint32_t session, part;
    int32_t rank;
} segment;

typedef struct exporting {
    const char *folder;
    bool json, mixed;                   /* segments of more than one subject */
    plx_finder *finder;
    plx_journal_shape *shape;
    char *subject;
    segment *segments;
    size_t segments_count, segments_room;
    spot *spots;
    size_t count, room;
    uint32_t part, parts;               /* of the keys, by their first word */
    char shown[SHOWN];
    size_t shown_size;
} exporting;

/* Room for one more of size bytes. */
static bool widen(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    const size_t wider = 64 + *room + *room / 2;
    void *more = realloc(*array, wider * size);
    if (more == NULL)
        return false;
    *array = more;
    *room = wider;
    return true;
}

static plx_status see_segment(void *user, const plx_segment *told, bool is_end)
{
    exporting *e = user;
    if (is_end)
        return PLX_OK;
    if (!widen((void **)&e->segments, e->segments_count, &e->segments_room, sizeof *e->segments))
        return PLX_NO_MEMORY;
    e->segments[e->segments_count++] = (segment){told->session, told->part, told->rank};
    if (told->subject == NULL || told->newer)
        return PLX_OK;
    if (e->subject != NULL) {
        e->mixed = e->mixed || strcmp(e->subject, told->subject) != 0;
        return PLX_OK;
    }
    e->subject = malloc(strlen(told->subject) + 1);
    if (e->subject == NULL)
        return PLX_NO_MEMORY;
    strcpy(e->subject, told->subject);
    return PLX_OK;
}

static plx_status see_entry(void *user, const plx_entry *entry, const plx_place *place)
{
    exporting *e = user;
    if ((uint64_t)entry->key.word[0] * e->parts >> 32 != e->part)
        return PLX_OK;
    if (!widen((void **)&e->spots, e->count, &e->room, sizeof *e->spots))
        return PLX_NO_MEMORY;
    e->spots[e->count++] = (spot){.key = entry->key,
                                  .segment = (uint32_t)e->segments_count - 1,
                                  .offset = place->offset,
                                  .output = {place->output[0], place->output[1]}};
    return PLX_OK;
}

static int compare_keys(const plx_key *a, const plx_key *b)
{
    for (int i = 0; i < 3; i++)
        if (a->word[i] != b->word[i])
            return a->word[i] < b->word[i] ? -1 : 1;
    return 0;
}

/* By key, then as they were read. */
static int compare_spots(const void *left, const void *right)
{
    const spot *a = left, *b = right;
    const int keys = compare_keys(&a->key, &b->key);
    if (keys != 0)
        return keys;
    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Enough of it to show; the rest is only checked. */
static plx_status keep_shown(void *user, const void *bytes, size_t size)
{
    exporting *e = user;
    const size_t room = SHOWN - e->shown_size;
    memcpy(e->shown + e->shown_size, bytes, size < room ? size : room);
    e->shown_size += size < room ? size : room;
    return PLX_OK;
}

/* ---- as text ---- */

static void print_escaped(const char *text, size_t size)
{
    static const char plain[] = "\t\n\r\\", letter[] = "tnr\\0"; /* and NUL */
    for (size_t i = 0; i < size; i++) {
        const char *found = memchr(plain, text[i], sizeof plain);
        if (found != NULL)
            putchar('\\');
        putchar(found != NULL ? letter[found - plain] : text[i]);
    }
}

/* A text as it is, numbers, arrays with blanks between, objects as name=value but for the first. */
static void print_value(json_t *value)
{
    const char *name;
    json_t *one;
    size_t i;
    bool first = true;
    if (json_is_string(value))
        print_escaped(json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        printf("%.6f", json_real_value(value));
    json_array_foreach(value, i, one) {
        fputs(i > 0 ? " " : "", stdout);
        print_value(one);
    }
    json_object_foreach(value, name, one) {
        if (!first)
            printf(" %s=", name);
        print_value(one);
        first = false;
    }
}

static const char *const columns[] = {"item",   "key", "state", "code", "signal", "tries",
                                      "elapsed_s", "ended", "why",   "result"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void print_row(json_t *item)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        print_value(json_object_get(item, columns[i]));
        putchar(i + 1 < COLUMNS ? '\t' : '\n');
    }
}

static void print_head(void)
{
    for (size_t i = 0; i < COLUMNS; i++)
        printf("%s%c", columns[i], i + 1 < COLUMNS ? '\t' : '\n');
}

/* ---- the parts ---- */

static int print_spot(exporting *e, const spot *at)
{
    plx_entry entry;
    const segment *in = &e->segments[at->segment];
    const plx_place place = {.session = in->session, .rank = in->rank, .part = in->part,
                             .offset = at->offset, .output = {at->output[0], at->output[1]}};
    e->shown_size = 0;
    plx_status status = PLX_OK;
    if (at->output[0] > 0 && plx_journal_shape_is_command(e->shape))
        status = plx_finder_output(e->finder, &place, 0, keep_shown, e);
    if (status == PLX_OK)
        status = plx_finder_entry(e->finder, &place, &entry);
    if (status == PLX_NO_MEMORY)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    if (status != PLX_OK)
        return plx_cli_error(PLX_EXIT_INPUT, "journal export: '%s': it changed while it was read",
                             e->folder);
    json_t *item = plx_journal_item_json(e->shape, &entry, e->shown, e->shown_size);
    if (e->json)
        return plx_cli_json_print(item);
    const bool lacks = plx_cli_json_lacks();
    if (!lacks)
        print_row(item);
    json_decref(item);
    return lacks ? plx_cli_error(PLX_EXIT_SYSTEM, "out of memory") : 0;
}

static int print_part(exporting *e)
{
    int code = 0;
    if (e->count > 0)
        qsort(e->spots, e->count, sizeof *e->spots, compare_spots);
    for (size_t i = 0; code == 0 && i < e->count && !ferror(stdout); i++)
        if (i + 1 == e->count || compare_keys(&e->spots[i].key, &e->spots[i + 1].key) != 0)
            code = print_spot(e, &e->spots[i]);
    return code;
}

static int read_all(exporting *e, bool entries, plx_journal_report *report)
{
    const plx_reading reading = {.entry = entries ? see_entry : NULL, .segment = see_segment,
                                 .user = e};
    e->segments_count = e->count = 0;
    return plx_journal_read_all(e->folder, &reading, report);
}

static int export_parts(exporting *e, size_t within)
{
    plx_journal_report report;
    int code = read_all(e, false, &report);
    if (code != 0)
        return code;
    if (e->mixed)
        return plx_cli_error(plx_status_exit(PLX_MISMATCH),
                             "journal export: '%s': its segments are of different batches",
                             e->folder);
    if (report.holes > 0)
        plx_cli_note("journal export: '%s': is damaged; see parallax journal verify", e->folder);
    e->shape = plx_journal_shape_read(e->subject != NULL ? e->subject : "{}");
    e->finder = plx_finder_open(e->folder);
    if (e->shape == NULL || e->finder == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    e->parts = (uint32_t)(report.entries / (within / sizeof *e->spots + 1)) + 1;
    if (!e->json)
        print_head();
    for (e->part = 0; code == 0 && e->part < e->parts; e->part++) {
        code = read_all(e, true, &report);
        if (code == 0)
            code = print_part(e);
    }
    return code;
}

int plx_journal_export_within(const char *folder, bool json, size_t bytes)
{
    exporting e = {.folder = folder, .json = json};
    int code = export_parts(&e, bytes);
    plx_finder_close(e.finder);
    plx_journal_shape_free(e.shape);
    free(e.subject);
    free(e.segments);
    free(e.spots);
    return code;
}

int plx_journal_export(const char *folder, bool json)
{
    return plx_journal_export_within(folder, json, WITHIN);
}
