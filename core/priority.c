/* SPDX-License-Identifier: MIT */
/*
 * core/priority.c: the priority queue: a binary heap on (priority, sequence).
 *
 * The sequence number counts pushes, so no two entries are equal and those of one priority leave in
 * the order in which they came. Entries lie in one array, each a head and the item's bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "plx/task.h"

typedef struct head {
    uint64_t sequence;
    int priority;
} head;

struct plx_priority {
    size_t item_size, stride; /* bytes; stride: of an entry */
    size_t n, room;
    uint64_t pushed;
    char *entries; /* room + 1: the last is where an entry is on its way */
};

static head *entry_at(const plx_priority *queue, size_t i)
{
    return (head *)(void *)(queue->entries + i * queue->stride);
}

static bool before(const head *a, const head *b)
{
    return a->priority != b->priority ? a->priority < b->priority : a->sequence < b->sequence;
}

static void move(plx_priority *queue, size_t to, size_t from)
{
    memcpy(entry_at(queue, to), entry_at(queue, from), queue->stride);
}

plx_status plx_priority_open(size_t item_size, plx_priority **queue)
{
    const size_t line = sizeof(uint64_t);
    *queue = NULL;
    if (item_size > SIZE_MAX / 4)
        return PLX_NO_MEMORY;
    plx_priority *made = calloc(1, sizeof *made);
    if (!made)
        return PLX_NO_MEMORY;
    made->item_size = item_size;
    made->stride = (sizeof(head) + item_size + line - 1) / line * line;
    *queue = made;
    return PLX_OK;
}

void plx_priority_close(plx_priority *queue)
{
    if (!queue)
        return;
    free(queue->entries);
    free(queue);
}

static bool grow(plx_priority *queue)
{
    if (queue->n < queue->room)
        return true;
    size_t room = queue->room ? 2 * queue->room : 16;
    if (room >= SIZE_MAX / 2 / queue->stride)
        return false;
    char *entries = realloc(queue->entries, (room + 1) * queue->stride);
    if (!entries)
        return false;
    queue->entries = entries;
    queue->room = room;
    return true;
}

plx_status plx_priority_push(plx_priority *queue, int priority, const void *item)
{
    if (!grow(queue))
        return PLX_NO_MEMORY;
    size_t last = queue->room, at = queue->n++;
    head *mine = entry_at(queue, last);
    *mine = (head){queue->pushed++, priority};
    if (queue->item_size)
        memcpy(mine + 1, item, queue->item_size);
    for (size_t above; at > 0 && before(mine, entry_at(queue, above = (at - 1) / 2)); at = above)
        move(queue, at, above);
    move(queue, at, last);
    return PLX_OK;
}

/* The last entry goes down from the top. */
static void sink_last(plx_priority *queue)
{
    size_t last = --queue->n, at = 0;
    for (size_t below; (below = 2 * at + 1) < last; at = below) {
        if (below + 1 < last && before(entry_at(queue, below + 1), entry_at(queue, below)))
            below++;
        if (!before(entry_at(queue, below), entry_at(queue, last)))
            break;
        move(queue, at, below);
    }
    if (at != last)
        move(queue, at, last);
}

bool plx_priority_top(const plx_priority *queue, int *priority, void *item)
{
    if (queue->n == 0)
        return false;
    const head *top = entry_at(queue, 0);
    if (priority)
        *priority = top->priority;
    if (item && queue->item_size)
        memcpy(item, top + 1, queue->item_size);
    return true;
}

bool plx_priority_pop(plx_priority *queue, int *priority, void *item)
{
    bool found = plx_priority_top(queue, priority, item);
    if (found)
        sink_last(queue);
    return found;
}

size_t plx_priority_count(const plx_priority *queue)
{
    return queue->n;
}
