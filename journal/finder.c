/* SPDX-License-Identifier: MIT */
/*
 * journal/finder.c: entries by their place, each checked as the reader checks it.
 *
 * Segments that were asked for stay open, in slots by their number, since the next entry is mostly
 * of one of them; a header is read once.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/list.h"
#include "journal/window.h"

enum { SLOTS = 16, AHEAD = 4096 };

typedef struct slot {
    plx_segment_id id;
    int fd;                             /* -1: nothing is open */
    uint64_t salt;
} slot;

struct plx_finder {
    char *folder;
    slot slots[SLOTS];
    plx_window window;
    char why[PLX_WHY_MAX + 1];
};

plx_finder *plx_finder_open(const char *folder)
{
    plx_finder *finder = calloc(1, sizeof *finder);
    if (finder == NULL)
        return NULL;
    for (int i = 0; i < SLOTS; i++)
        finder->slots[i].fd = -1;
    finder->folder = malloc(strlen(folder) + 1);
    if (finder->folder == NULL || !plx_window_open(&finder->window, AHEAD)) {
        plx_finder_close(finder);
        return NULL;
    }
    strcpy(finder->folder, folder);
    return finder;
}

static void shut(slot *open)
{
    if (open->fd >= 0)
        close(open->fd);
    open->fd = -1;
}

void plx_finder_close(plx_finder *finder)
{
    if (finder == NULL)
        return;
    for (int i = 0; i < SLOTS; i++)
        shut(&finder->slots[i]);
    plx_window_close(&finder->window);
    free(finder->folder);
    free(finder);
}

static plx_status open_segment(plx_finder *finder, slot *into, const plx_segment_id *id)
{
    plx_segment_head head;
    shut(into);
    int fd = plx_list_open(finder->folder, id);
    if (fd < 0)
        return errno == ENOMEM ? PLX_NO_MEMORY : PLX_NO_INPUT;
    const plx_head_state state = plx_segment_head_read(fd, &head);
    const plx_segment_id told = {head.header.session, head.header.rank, head.header.part};
    if (state == PLX_HEAD_WHOLE && plx_segment_compare(id, &told) == 0)
        *into = (slot){.id = *id, .fd = fd, .salt = head.header.salt};
    else
        close(fd);
    plx_segment_head_free(&head);
    return into->fd >= 0                   ? PLX_OK
           : state == PLX_HEAD_NO_MEMORY ? PLX_NO_MEMORY
                                           : PLX_NO_INPUT;
}

/* Look at the segment of a place. */
static plx_status turn(plx_finder *finder, const plx_place *place)
{
    plx_status status = PLX_OK;
    const plx_segment_id id = {place->session, place->rank, place->part};
    slot *at = &finder->slots[(id.session * 31 + (uint32_t)id.rank * 7 + id.part) % SLOTS];
    if (at->fd < 0 || plx_segment_compare(&at->id, &id) != 0)
        status = open_segment(finder, at, &id);
    if (status != PLX_OK)
        return status;
    plx_window_turn(&finder->window, at->fd, at->salt); /* anew: it may have grown */
    return place->offset % 8 == 0 ? PLX_OK : PLX_NO_INPUT;
}

/* One piece of output of a place, at *at, which moves on. False: there is none that fits. */
static bool next_piece(plx_finder *finder, uint64_t *at, plx_output_head *head,
                       const unsigned char **bytes, size_t *size)
{
    plx_record record;
    const unsigned char *payload;
    if (plx_window_record(&finder->window, *at, &record, &payload) != PLX_FOUND_WHOLE ||
        record.kind != PLX_KIND_OUTPUT || record.size <= sizeof *head)
        return false;
    memcpy(head, payload, sizeof *head);
    *bytes = payload + sizeof *head;
    *size = record.size - sizeof *head;
    *at = plx_window_after(*at, &record);
    return head->stream == 0 || head->stream == 1;
}

typedef plx_status putter(void *user, const void *bytes, size_t size);

/* Go over all output of a place, to the entry; one stream's bytes go to put, if there is one. */
static plx_status go_over(plx_finder *finder, const plx_place *place, uint64_t *at, plx_key *key,
                          int stream, putter *put, void *user)
{
    uint64_t left[2] = {place->output[0], place->output[1]};
    plx_status status = PLX_OK;
    *at = place->offset;
    for (bool first = true; status == PLX_OK && (left[0] > 0 || left[1] > 0); first = false) {
        plx_output_head head;
        const unsigned char *bytes;
        size_t size;
        if (!next_piece(finder, at, &head, &bytes, &size) || size > left[head.stream] ||
            (head.stream == 1 && left[0] > 0) ||
            (!first && memcmp(key, &head.key, sizeof *key) != 0))
            return PLX_NO_INPUT;
        *key = head.key;
        left[head.stream] -= size;
        if (put != NULL && head.stream == stream)
            status = put(user, bytes, size);
    }
    return status;
}

plx_status plx_finder_entry(plx_finder *finder, const plx_place *place, plx_entry *entry)
{
    uint64_t at;
    plx_key key;
    plx_record record;
    const unsigned char *payload;
    const plx_status turned = turn(finder, place);
    if (turned != PLX_OK)
        return turned;
    if (go_over(finder, place, &at, &key, 0, NULL, NULL) != PLX_OK ||
        plx_window_record(&finder->window, at, &record, &payload) != PLX_FOUND_WHOLE ||
        record.kind != PLX_KIND_ENTRY ||
        !plx_window_entry(payload, record.size, entry, finder->why))
        return PLX_NO_INPUT;
    const bool fits = entry->output[0] == place->output[0] &&
                      entry->output[1] == place->output[1] &&
                      (at == place->offset || memcmp(&key, &entry->key, sizeof key) == 0);
    return fits ? PLX_OK : PLX_NO_INPUT;
}

plx_status plx_finder_output(plx_finder *finder, const plx_place *place, int stream, putter *put,
                             void *user)
{
    uint64_t at;
    plx_key key;
    plx_entry entry;
    const plx_status status = plx_finder_entry(finder, place, &entry);
    if (status != PLX_OK)
        return status;
    return go_over(finder, place, &at, &key, stream, put, user);
}
