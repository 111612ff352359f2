// SPDX-License-Identifier: MIT
// The same program alone and under mpirun: rank 0 alone prints, and a failure on any rank is
// everybody's.
#include "suite.hpp"

#include <cstdlib>

int main(int argc, char **argv)
{
    ::testing::InitGoogleTest(&argc, argv);
    const char *models = std::getenv("PLX_TEST_MODELS");
    if (!models || std::string(models) != "mpi")
        return RUN_ALL_TESTS();

    Team all("mpi");
    if (all.status != PLX_OK)
        return EXIT_FAILURE;
    my_rank = plx_team_rank(all);
    if (my_rank != 0) {
        auto &listeners = ::testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
    }
    int failed = RUN_ALL_TESTS();
    if (failed && my_rank != 0) {
        const auto &unit = *::testing::UnitTest::GetInstance();
        for (int s = 0; s < unit.total_test_suite_count(); s++)
            for (int t = 0; t < unit.GetTestSuite(s)->total_test_count(); t++) {
                const auto &info = *unit.GetTestSuite(s)->GetTestInfo(t);
                for (int p = 0;
                     info.result()->Failed() && p < info.result()->total_part_count() && p < 3; p++)
                    std::fprintf(stderr, "rank %d: %s: %s\n", my_rank, info.name(),
                                 info.result()->GetTestPartResult(p).message());
            }
    }
    return plx_agree(all, failed ? PLX_INTERNAL : PLX_OK) == PLX_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
