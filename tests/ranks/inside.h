/* SPDX-License-Identifier: MIT */
/* What these tests call of mpi/model.h, which C++ cannot read; inside.c compares the two. */
#ifndef PLX_TEST_RANKS_INSIDE_H
#define PLX_TEST_RANKS_INSIDE_H

#include <mpi.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void plx_fit_name(const int *differs, int ranks, char *text, size_t size);
size_t plx_move_pieces(size_t size);
void plx_move_send(MPI_Comm, const void *, size_t size, int to, int tag);
void plx_move_receive(MPI_Comm, void *, size_t size, int from, int tag);
void plx_move_share(MPI_Comm, void *, size_t size, int from);
size_t plx_move_begin_send(MPI_Comm, const void *, size_t size, int to, int tag, MPI_Request *);
size_t plx_move_begin_receive(MPI_Comm, void *, size_t size, int from, int tag, MPI_Request *);
void plx_move_end(MPI_Request *, size_t n);

#ifdef __cplusplus
}
#endif
#endif
