/* SPDX-License-Identifier: MIT */
/*
 * bench/simulate_some.c: MPI_Test() and MPI_Waitsome() in other words, for the simulator's sake.
 *
 * SimGrid 3.32 keeps a record of every message that a test has found complete, and looks through
 * all of them at each message after that: 100,000 hand-outs would take hours. What is waited for
 * leaves none. So a test asks for the state first and then waits for what is there, and Waitsome,
 * which tests, takes one request at a time, which MPI allows. The linker sends the library's calls
 * here. Both are used for receives only, whose state SMPI can tell.
 */
#include <mpi.h>

int __wrap_MPI_Test(MPI_Request *request, int *done, MPI_Status *status);
int __wrap_MPI_Waitsome(int n, MPI_Request *requests, int *done, int *which, MPI_Status *statuses);

int __wrap_MPI_Test(MPI_Request *request, int *done, MPI_Status *status)
{
    int code = MPI_Request_get_status(*request, done, MPI_STATUS_IGNORE);
    return *done ? MPI_Wait(request, status) : code;
}

int __wrap_MPI_Waitsome(int n, MPI_Request *requests, int *done, int *which, MPI_Status *statuses)
{
    int code = MPI_Waitany(n, requests, which, statuses);
    *done = *which == MPI_UNDEFINED ? MPI_UNDEFINED : 1;
    return code;
}
