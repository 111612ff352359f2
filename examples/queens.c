/* SPDX-License-Identifier: MIT */
/*
 * queens.c: a search tree of unknown shape: in how many ways do n queens stand on n by n fields?
 *
 * Rows are filled one by one; the free columns of a row are split in halves until one is left. Who
 * has nothing to do takes the largest part that somebody offers, so nobody must guess the shape.
 */
#include <plx/divide.h>
#include <stdio.h>

enum { N = 8, ALL = (1 << N) - 1, OFFERED_ROWS = 4 };

/* Columns to try in this row; columns and diagonals that are attacked; ways found. */
typedef struct board { unsigned tries, columns, left, right; int row, ways; } board;

static void place(plx_strand *, void *);

static void next_row(plx_strand *strand, const board *b, board *next)
{
    next->columns = b->columns | b->tries;
    next->left = (b->left | b->tries) << 1 & ALL;
    next->right = (b->right | b->tries) >> 1;
    next->tries = ALL & ~(next->columns | next->left | next->right);
    next->row = b->row + 1;
    place(strand, next);
}

static void place(plx_strand *strand, void *arg)
{
    board *b = arg, one = *b, rest = *b;
    b->ways = b->row == N;                              /* then there is nothing to try */
    if (b->tries == 0)
        return;
    one.tries = b->tries & -b->tries;
    rest.tries = b->tries & ~one.tries;
    if (rest.tries == 0) {
        next_row(strand, b, &one);
        rest.ways = 0;
    } else if (b->row < OFFERED_ROWS)
        plx_both(strand, place, &one, place, &rest);
    else {
        place(strand, &one);
        place(strand, &rest);
    }
    b->ways = one.ways + rest.ways;
}

int main(int argc, char **argv)
{
    board empty = { .tries = ALL };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_divide(team, NULL, place, &empty, NULL);
    if (plx_team_rank(team) == 0)
        printf("%s: %d queens stand in %d ways\n", plx_status_name(status), N, empty.ways);
    plx_close(team);
    return plx_status_exit(status);
}
