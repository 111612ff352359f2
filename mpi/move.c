/* SPDX-License-Identifier: MIT */
/*
 * mpi/move.c: a message of any length, in pieces.
 *
 * MPI 3 counts in int, and Open MPI 4.1 has no large-count calls. Both sides know the length and
 * cut it alike; pieces of one message arrive in order, so they need no numbers.
 */
#include <limits.h>

#include "mpi/model.h"

_Static_assert(PLX_PIECE > 0 && PLX_PIECE <= INT_MAX, "MPI counts in int");

static size_t piece_at(size_t at, size_t size)
{
    return size - at < PLX_PIECE ? size - at : PLX_PIECE;
}

size_t plx_move_pieces(size_t size)
{
    return size / PLX_PIECE + (size % PLX_PIECE != 0);
}

void plx_move_send(MPI_Comm comm, const void *bytes, size_t size, int to, int tag)
{
    for (size_t at = 0; at < size; at += PLX_PIECE)
        MPI_Send((const char *)bytes + at, (int)piece_at(at, size), MPI_BYTE, to, tag, comm);
}

void plx_move_receive(MPI_Comm comm, void *bytes, size_t size, int from, int tag)
{
    for (size_t at = 0; at < size; at += PLX_PIECE)
        MPI_Recv((char *)bytes + at, (int)piece_at(at, size), MPI_BYTE, from, tag, comm,
                 MPI_STATUS_IGNORE);
}

void plx_move_share(MPI_Comm comm, void *bytes, size_t size, int from)
{
    for (size_t at = 0; at < size; at += PLX_PIECE)
        MPI_Bcast((char *)bytes + at, (int)piece_at(at, size), MPI_BYTE, from, comm);
}

size_t plx_move_begin_send(MPI_Comm comm, const void *bytes, size_t size, int to, int tag,
                           MPI_Request *requests)
{
    size_t n = 0;
    for (size_t at = 0; at < size; at += PLX_PIECE) {
        MPI_Request request; /* only what we write ourselves does a sanitizer see */
        MPI_Isend((const char *)bytes + at, (int)piece_at(at, size), MPI_BYTE, to, tag, comm,
                  &request);
        requests[n++] = request;
    }
    return n;
}

size_t plx_move_begin_receive(MPI_Comm comm, void *bytes, size_t size, int from, int tag,
                              MPI_Request *requests)
{
    size_t n = 0;
    for (size_t at = 0; at < size; at += PLX_PIECE) {
        MPI_Request request;
        MPI_Irecv((char *)bytes + at, (int)piece_at(at, size), MPI_BYTE, from, tag, comm, &request);
        requests[n++] = request;
    }
    return n;
}

/* One by one: their number may be beyond an int. */
void plx_move_end(MPI_Request *requests, size_t n)
{
    for (size_t i = 0; i < n; i++)
        MPI_Wait(&requests[i], MPI_STATUS_IGNORE);
}
