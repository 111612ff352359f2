// SPDX-License-Identifier: MIT
// Under mpirun, on every rank: a failure on any rank is its exit code, which mpirun passes on.
#include <gtest/gtest.h>
#include <mpi.h>

int main(int argc, char **argv)
{
    ::testing::InitGoogleTest(&argc, argv);
    int provided;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    int failed = RUN_ALL_TESTS();
    MPI_Finalize();
    return failed;
}
