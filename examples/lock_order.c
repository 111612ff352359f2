/* SPDX-License-Identifier: MIT */
/*
 * lock_order.c: who needs two locks takes them in one order, the same for everybody.
 *
 * Two threads move money between two accounts, one each way. If each locked the account that pays
 * first, each could hold one and wait for the other for ever. Here the lower number is first.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRANSFERS = 20000 };

typedef struct account {
    pthread_mutex_t lock;
    long money;
} account;

static account bank[] = { { PTHREAD_MUTEX_INITIALIZER, 1000 },
                          { PTHREAD_MUTEX_INITIALIZER, 1000 } };

static void transfer(int from, int to, long money)
{
    const int low = from < to ? from : to, high = from < to ? to : from;
    pthread_mutex_lock(&bank[low].lock);
    pthread_mutex_lock(&bank[high].lock);
    bank[from].money -= money;
    bank[to].money += money;
    pthread_mutex_unlock(&bank[high].lock);
    pthread_mutex_unlock(&bank[low].lock);
}

static void *pay(void *direction)
{
    const int from = *(const int *)direction;
    for (int i = 0; i < TRANSFERS; i++)
        transfer(from, 1 - from, from == 0 ? 2 : 3);
    return NULL;
}

int main(void)
{
    int from[] = { 0, 1 };
    pthread_t thread[2];
    for (int t = 0; t < 2; t++)
        if (pthread_create(&thread[t], NULL, pay, &from[t]) != 0)
            return EXIT_FAILURE;                        /* ends the other, too */
    for (int t = 0; t < 2; t++)
        pthread_join(thread[t], NULL);
    printf("accounts %ld and %ld, together %ld\n", bank[0].money, bank[1].money,
           bank[0].money + bank[1].money);
    return 0;
}
