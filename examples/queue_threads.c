/* SPDX-License-Identifier: MIT */
/*
 * queue_threads.c: the queue alone, in a program with threads of its own: one thread makes 20
 * numbers, two take them, and closing the queue ends both: no end marker for each.
 *
 * The queue holds 5: the maker waits while it is full. (producers.c: the same without threads.)
 */
#include <plx/queue.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBERS = 20, TAKERS = 2, ROOM = 5 };
static int square[NUMBERS];                             /* each is written by one taker, once */

static void *make_numbers(void *queue)
{
    for (int i = 0; i < NUMBERS; i++)
        if (plx_queue_push(queue, &i, -1) != PLX_OK)
            break;
    plx_queue_close(queue);
    return NULL;
}

static void *take_numbers(void *queue)
{
    plx_status status;
    for (int i; (status = plx_queue_pop(queue, &i, 0.1)) != PLX_STOPPED;)
        if (status == PLX_OK)                           /* else nothing came for a while */
            square[i] += i * i;
    return NULL;
}

int main(void)
{
    pthread_t thread[1 + TAKERS];
    plx_queue *queue;
    if (plx_queue_open(ROOM, sizeof(int), &queue) != PLX_OK)
        return EXIT_FAILURE;
    for (int t = 0; t < 1 + TAKERS; t++)
        if (pthread_create(&thread[t], NULL, t == 0 ? make_numbers : take_numbers, queue) != 0)
            return EXIT_FAILURE;                        /* ends the others, too */
    for (int t = 0; t < 1 + TAKERS; t++)
        pthread_join(thread[t], NULL);
    plx_queue_free(queue);
    for (int i = 0; i < NUMBERS; i++)
        printf("%d%c", square[i], i + 1 < NUMBERS ? ' ' : '\n');
    return 0;
}
