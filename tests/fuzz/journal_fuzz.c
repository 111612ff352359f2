/* SPDX-License-Identifier: MIT */
/*
 * journal_fuzz.c: no bytes whatsoever make the journal's reader read beyond them, or take an entry
 * that nobody wrote; what it takes can be found again by its place, and shown.
 *
 * Bytes that must pass a checksum would never get far, so most inputs are lists of records that get
 * right checks here: then exactly the entries must be found that a model of the format finds. In a
 * second form such a segment has some bytes overwritten: then no others may be found. In a third
 * the input is the file.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/journal_item.h"
#include "journal/sums.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);
int LLVMFuzzerInitialize(int *, char ***);

enum { FILE_MOST = 65536, ENTRIES_MOST = 1024, HEAD = 256 };
enum { LISTED, OVERWRITTEN, RAW, FORMS };

static char folder[4096], path[sizeof folder + 32];
static int file = -1;

static struct {
    unsigned char bytes[FILE_MOST];
    uint64_t size, number;
    uint64_t ends[ENTRIES_MOST];        /* of the entries that a reader must find */
    size_t count;
    plx_key key;                        /* of the pieces that stand last */
    uint64_t piece_end, output[2];
    int stream;
} made;

static plx_finder *finder;
static plx_journal_shape *shape;
static size_t seen;
static uint64_t last_offset;
static int form;

static void clean_up(void)
{
    unlink(path);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *root = getenv("TMPDIR");
    (void)argc, (void)argv;
    snprintf(folder, sizeof folder, "%s/plx-fuzz-XXXXXX", root != NULL ? root : "/tmp");
    must(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/s000001-r0-0.plxj", folder);
    file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    must(file >= 0);
    atexit(clean_up);
    return 0;
}

/* ---- a segment from a list ---- */

static void put_header(const char *subject, size_t size)
{
    plx_header header = {.magic = PLX_SEGMENT_MAGIC, .major = PLX_FORMAT_MAJOR, .order = 0x01020304,
                         .salt = UINT64_C(0x123456789abcdef1), .session = 1,
                         .subject_size = (uint32_t)size, .host = "h", .boot = "b"};
    header.check = plx_sums_header(&header, subject);
    const size_t copy = (sizeof header + size + 7) / 8 * 8;
    memset(&made, 0, sizeof made);
    for (size_t i = 0; i < 2; i++) {
        memcpy(made.bytes + i * copy, &header, sizeof header);
        memcpy(made.bytes + i * copy + sizeof header, subject, size);
    }
    made.size = 2 * copy;
}

/* How: bit 0 breaks its payload, bit 1 its header. False: it is not whole, or has no room. */
static int put_record(unsigned kind, const void *payload, size_t size, unsigned how)
{
    const plx_header *header = (const plx_header *)made.bytes;
    plx_record record = {.magic = PLX_RECORD_MAGIC, .kind = (uint16_t)kind, .size = (uint32_t)size,
                         .number = made.number++};
    const size_t whole = (sizeof record + size + 7) / 8 * 8;
    unsigned char *to = made.bytes + made.size;
    if (made.size + whole > FILE_MOST)
        return 0;
    record.payload_check = plx_sums_payload(payload, size, header->salt);
    record.check = plx_sums_record(&record, header->salt, made.size);
    memcpy(to, &record, sizeof record);
    memcpy(to + sizeof record, payload, size);
    if ((how & 1) != 0 && size > 0)
        to[sizeof record + size / 2] ^= 0x10;
    if ((how & 2) != 0)
        to[whole % sizeof record] ^= 0x40;
    made.size += whole;
    return (how & 2) == 0 && ((how & 1) == 0 || size == 0);
}

static int same(plx_key a, plx_key b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void put_piece(plx_key key, int stream, const uint8_t *bytes, size_t size, unsigned how)
{
    unsigned char payload[sizeof(plx_output_head) + HEAD];
    const plx_output_head head = {.key = key, .stream = stream};
    const uint64_t at = made.size;
    memcpy(payload, &head, sizeof head);
    memcpy(payload + sizeof head, bytes, size);
    if (!put_record(PLX_KIND_OUTPUT, payload, sizeof head + size, how) || size == 0 || stream < 0 ||
        stream > 1)
        return;
    if (made.piece_end != at || !same(made.key, key) || stream < made.stream)
        made.output[0] = made.output[1] = 0;
    made.key = key;
    made.stream = stream;
    made.output[stream] += size;
    made.piece_end = made.size;
}

/* More: added to what the entry says of its output. */
static void put_entry(plx_key key, const uint8_t *bytes, size_t size, unsigned more, unsigned how)
{
    unsigned char payload[sizeof(plx_entry_head) + HEAD];
    const int has = made.piece_end == made.size && same(made.key, key);
    const uint64_t at = made.size;
    plx_entry_head head = {.key = key, .state = size > 0 ? bytes[0] % 5 : 1, .tries = 1,
                           .item_size = (uint32_t)(size / 2), .result_size = (uint32_t)(size / 4)};
    head.why_size = (uint32_t)size - head.item_size - head.result_size;
    for (int i = 0; i < 2; i++)
        head.output[i] = (has ? made.output[i] : 0) + more;
    memcpy(payload, &head, sizeof head);
    memcpy(payload + sizeof head, bytes, size);
    if (put_record(PLX_KIND_ENTRY, payload, sizeof head + size, how) && more == 0 &&
        head.state >= 1 && head.state <= 3 && made.count < ENTRIES_MOST)
        made.ends[made.count++] = at;
}

/* A list: {what, how, key, size, bytes} each. What is left of the input. */
static size_t put_list(const uint8_t *data, size_t size)
{
    size_t at = 0;
    while (size - at >= 4 && data[at] % 8 < 6) {
        const uint8_t *d = data + at;
        size_t length = d[3] < HEAD / 2 ? d[3] : HEAD / 2;
        const plx_key key = {{d[2] % 3u, 7, 9}};
        const unsigned how = d[1] % 8 == 7 ? d[1] >> 3 & 3 : 0;
        at += 4;
        length = length < size - at ? length : size - at;
        if (d[0] % 8 < 2)
            put_entry(key, d + 4, length, d[1] % 8 == 6, how);
        else if (d[0] % 8 < 4)
            put_piece(key, d[1] % 8 == 5 ? d[2] - 100 : d[2] >> 4 & 1, d + 4, length, how);
        else if (d[0] % 8 == 4)
            put_record(4 + d[2] % 3u, d + 4, length, how); /* kinds that nobody knows */
        else
            put_record(PLX_KIND_END, d + 4, length, how);
        at += length;
    }
    return at;
}

static void overwrite(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 3 <= size; i += 3)
        made.bytes[(data[i] | (size_t)data[i + 1] << 8) % made.size] = data[i + 2];
}

/* ---- what is read ---- */

static plx_status count_bytes(void *user, const void *bytes, size_t size)
{
    must(size > 0 && bytes != NULL);
    *(uint64_t *)user += size;
    return PLX_OK;
}

static void check_shown(const plx_entry *entry)
{
    json_t *item = plx_journal_item_json(shape, entry, "output", 6);
    char *text = json_dumps(item, JSON_COMPACT);
    must(text != NULL && strchr(text, '\n') == NULL && json_object_size(item) >= 10);
    free(text);
    json_decref(item);
}

static int was_put(uint64_t begin, uint64_t output)
{
    for (size_t i = 0; i < made.count; i++)
        if (made.ends[i] == begin || (output > 0 && made.ends[i] > begin))
            return 1;
    return 0;
}

static plx_status see_entry(void *user, const plx_entry *entry, const plx_place *place)
{
    plx_entry again;
    (void)user;
    must(entry->item_size <= PLX_ITEM_MAX && entry->result_size <= PLX_RESULT_MAX);
    must(strlen(entry->why) < 108 && plx_item_state_name(entry->state) != NULL);
    must(place->offset % 8 == 0 && place->offset > last_offset);
    last_offset = place->offset;
    seen++;
    must(form == RAW || was_put(place->offset, place->output[0] + place->output[1]));
    must(plx_finder_entry(finder, place, &again) == PLX_OK);
    must(same(again.key, entry->key) && again.item_size == entry->item_size &&
         memcmp(again.item, entry->item, entry->item_size) == 0 &&
         strcmp(again.why, entry->why) == 0 && again.result_size == entry->result_size);
    check_shown(&again);
    for (int stream = 0; stream < 2; stream++) {
        uint64_t bytes = 0;
        must(plx_finder_output(finder, place, stream, count_bytes, &bytes) == PLX_OK);
        must(bytes == place->output[stream] && bytes == entry->output[stream]);
    }
    plx_place other = *place;
    other.offset += 8;
    must(plx_finder_entry(finder, &other, &again) != PLX_OK || other.output[0] + other.output[1]);
    return PLX_OK;
}

static plx_status see_segment(void *user, const plx_segment *segment, bool told)
{
    plx_journal_report *sums = user;
    must(segment->readable == (segment->subject != NULL));
    if (!told) {
        plx_journal_shape_free(shape);
        shape = plx_journal_shape_read(segment->subject ? segment->subject : "");
        must(shape != NULL);
        return PLX_OK;
    }
    must((segment->holes > 0) == (segment->damaged > 0) && segment->damaged <= segment->bytes);
    must(segment->damaged_at <= segment->bytes);
    sums->entries = segment->entries;
    return PLX_OK;
}

static void read_all(const void *bytes, size_t size)
{
    char why[PLX_JOURNAL_WHY];
    plx_journal_report report, sums = {.entries = 0};
    const plx_reading reading = {.entry = see_entry, .segment = see_segment, .user = &sums};
    must(ftruncate(file, 0) == 0 && pwrite(file, bytes, size, 0) == (ssize_t)size);
    seen = 0;
    last_offset = 0;
    finder = plx_finder_open(folder);
    must(finder != NULL);
    must(plx_journal_read(folder, &reading, &report, why) == PLX_OK && *why == '\0');
    must(report.segments == 1 && report.entries == seen && sums.entries == seen);
    must(report.bytes == size && report.damaged <= size);
    must(form != LISTED || seen == made.count);
    plx_finder_close(finder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] =
        "{\"kernel\":\"k\",\"in\":\"uint64\",\"in_size\":8,\"out_size\":16,\"out\":\"bytes\","
        "\"fields\":[{\"name\":\"a\",\"type\":\"float64\",\"offset\":8,\"size\":8},"
        "{\"name\":\"t\",\"type\":\"text\",\"offset\":0,\"size\":5}]}";
    if (size < 2)
        return 0;
    form = data[0] % FORMS;
    if (form == RAW) {
        read_all(data + 1, size - 1);
        return 0;
    }
    /* a subject of the input's own, or one that is well made */
    char subject[HEAD];
    size_t length = data[1] < HEAD / 2 && data[1] < size - 2 ? data[1] : 0;
    memcpy(subject, data + 2, length);
    subject[length] = '\0';
    if (strlen(subject) != length || length == 0)
        put_header(text, sizeof text);
    else
        put_header(subject, length + 1);
    size_t at = 2 + length;
    at += put_list(data + at, size - at);
    if (form == OVERWRITTEN && at < size)
        overwrite(data + at + 1, size - at - 1);
    read_all(made.bytes, made.size);
    return 0;
}
