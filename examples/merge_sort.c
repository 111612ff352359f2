/* SPDX-License-Identifier: MIT */
/*
 * merge_sort.c: divide and conquer: sort both halves at once, then merge them.
 *
 * Below 1,000 numbers nothing is offered. Half of the ranks sorts each half; then all hold both.
 */
#include <plx/divide.h>
#include <stdio.h>
#include <string.h>

enum { NUMBERS = 200000, FEW = 1000 };
typedef struct run { int32_t *at, *room; size_t n; } run;

static void merge(const run *left, const run *right, int32_t *to)
{
    size_t l = 0, r = 0;
    while (l < left->n || r < right->n)
        if (r == right->n || (l < left->n && left->at[l] <= right->at[r]))
            *to++ = left->at[l++];
        else
            *to++ = right->at[r++];
}

static void sort(plx_strand *strand, void *arg)
{
    const run *all = arg;
    const size_t half = all->n / 2, size = sizeof *all->at;
    run left = { all->at, all->room, half };
    run right = { all->at + half, all->room + half, all->n - half };
    if (all->n == NUMBERS)
        plx_both_across(strand, sort, &left, (plx_bytes){ left.at, left.n * size },
                        sort, &right, (plx_bytes){ right.at, right.n * size });
    else if (all->n >= FEW)
        plx_both(strand, sort, &left, sort, &right);
    else if (all->n > 1) {
        sort(strand, &left);
        sort(strand, &right);
    }
    merge(&left, &right, all->room);
    memcpy(all->at, all->room, all->n * size);
}

int main(int argc, char **argv)
{
    static int32_t numbers[NUMBERS], room[NUMBERS];
    for (uint32_t i = 0, x = 1; i < NUMBERS; i++)
        numbers[i] = (int32_t)((x = 1664525 * x + 1013904223) >> 8);
    run all = { numbers, room, NUMBERS };
    int falls = 0;
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_divide(team, NULL, sort, &all, NULL);
    for (int i = 1; i < NUMBERS; i++)
        falls += numbers[i - 1] > numbers[i];
    if (plx_team_rank(team) == 0)
        printf("%s: %d falls\n", plx_status_name(status), falls);
    plx_close(team);
    return plx_status_exit(status);
}
