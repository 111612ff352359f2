/* SPDX-License-Identifier: MIT */
/*
 * pthread/fifo.c: plx_queue, a bounded first-in first-out queue for threads.
 *
 * One lock, one ring, and a condition for either end. Each push wakes one that waits for an item
 * and each pop one that waits for room; closing wakes all. Whoever's time is up looks once more
 * before it leaves, so that no wake-up is lost with it.
 *
 * Invariant: items [first, first + count) of the ring, modulo capacity, are inside.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plx/queue.h"

/* A wait that is longer is one without limit. */
static const double longest_wait_s = 1e9;

struct plx_queue {
    pthread_mutex_t lock;
    pthread_cond_t items, room;
    size_t capacity, item_size;
    size_t first, count;
    bool closed;
    char *ring;
};

static bool make_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
    bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return made;
}

static plx_status make_locks(plx_queue *queue)
{
    if (pthread_mutex_init(&queue->lock, NULL) != 0)
        return PLX_SYSTEM;
    if (!make_condition(&queue->items)) {
        pthread_mutex_destroy(&queue->lock);
        return PLX_SYSTEM;
    }
    if (!make_condition(&queue->room)) {
        pthread_cond_destroy(&queue->items);
        pthread_mutex_destroy(&queue->lock);
        return PLX_SYSTEM;
    }
    return PLX_OK;
}

plx_status plx_queue_open(size_t capacity, size_t item_size, plx_queue **opened)
{
    *opened = NULL;
    if (capacity == 0 || item_size == 0)
        return PLX_BAD_JOB;
    if (capacity > SIZE_MAX / 2 / item_size)
        return PLX_TOO_BIG;
    plx_queue *queue = calloc(1, sizeof *queue);
    char *ring = malloc(capacity * item_size);
    plx_status status = queue && ring ? make_locks(queue) : PLX_NO_MEMORY;
    if (status != PLX_OK) {
        free(queue);
        free(ring);
        return status;
    }
    queue->capacity = capacity;
    queue->item_size = item_size;
    queue->ring = ring;
    *opened = queue;
    return PLX_OK;
}

void plx_queue_free(plx_queue *queue)
{
    if (!queue)
        return;
    pthread_cond_destroy(&queue->room);
    pthread_cond_destroy(&queue->items);
    pthread_mutex_destroy(&queue->lock);
    free(queue->ring);
    free(queue);
}

static struct timespec time_after(double wait_s)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    time_t whole = (time_t)wait_s;
    long nanoseconds = at.tv_nsec + (long)((wait_s - (double)whole) * 1e9);
    at.tv_sec += whole + nanoseconds / 1000000000;
    at.tv_nsec = nanoseconds % 1000000000;
    return at;
}

static bool is_full(const plx_queue *queue)
{
    return queue->count == queue->capacity;
}

static bool is_empty(const plx_queue *queue)
{
    return queue->count == 0;
}

/* Holding the lock: until the queue is no longer so, or it is closed, or the time is up. */
static void wait_while(plx_queue *queue, bool (*is_so)(const plx_queue *),
                       pthread_cond_t *condition, double timeout_s)
{
    if (timeout_s == 0 || queue->closed || !is_so(queue))
        return;
    bool limited = timeout_s > 0 && timeout_s < longest_wait_s;
    struct timespec until = limited ? time_after(timeout_s) : (struct timespec){0};
    int result = 0;
    while (result == 0 && !queue->closed && is_so(queue))
        result = limited ? pthread_cond_timedwait(condition, &queue->lock, &until)
                         : pthread_cond_wait(condition, &queue->lock);
}

static char *place(const plx_queue *queue, size_t item)
{
    size_t left = queue->capacity - queue->first; /* first + item may be beyond the ring's end */
    return queue->ring + (item < left ? queue->first + item : item - left) * queue->item_size;
}

plx_status plx_queue_push(plx_queue *queue, const void *item, double timeout_s)
{
    plx_status status = PLX_OK;
    pthread_mutex_lock(&queue->lock);
    wait_while(queue, is_full, &queue->room, timeout_s);
    if (queue->closed)
        status = PLX_STOPPED;
    else if (is_full(queue))
        status = PLX_TIMED_OUT;
    else {
        memcpy(place(queue, queue->count), item, queue->item_size);
        queue->count++;
        pthread_cond_signal(&queue->items);
    }
    pthread_mutex_unlock(&queue->lock);
    return status;
}

plx_status plx_queue_pop(plx_queue *queue, void *item, double timeout_s)
{
    plx_status status = PLX_OK;
    pthread_mutex_lock(&queue->lock);
    wait_while(queue, is_empty, &queue->items, timeout_s);
    if (!is_empty(queue)) {
        memcpy(item, place(queue, 0), queue->item_size);
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
        pthread_cond_signal(&queue->room);
    } else
        status = queue->closed ? PLX_STOPPED : PLX_TIMED_OUT;
    pthread_mutex_unlock(&queue->lock);
    return status;
}

void plx_queue_close(plx_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->items);
    pthread_cond_broadcast(&queue->room);
    pthread_mutex_unlock(&queue->lock);
}

size_t plx_queue_count(plx_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t count = queue->count;
    pthread_mutex_unlock(&queue->lock);
    return count;
}
