// SPDX-License-Identifier: MIT
// How many ranks and cores for each, and how long a launch took.
#include <gtest/gtest.h>

extern "C" {
#include "cli/launch.h"
#include "cli/since.h"
}

namespace {

TEST(Launch, FillsInWhatIsNotTold)
{
    struct {
        int ranks, threads, cores, want_ranks, want_threads;
    } rows[] = {
        {0, 1, 8, 8, 1}, {0, 0, 8, 1, 8}, {0, 3, 8, 2, 3}, {0, 16, 8, 1, 16}, {4, 0, 8, 4, 2},
        {3, 0, 8, 3, 2}, {9, 0, 8, 9, 1}, {4, 4, 8, 4, 4}, {0, 1, 1, 1, 1},   {2, 0, 1, 2, 1},
    };
    for (const auto &row : rows) {
        plx_cli_layout layout = plx_cli_launch_layout(row.ranks, row.threads, row.cores);
        EXPECT_EQ(layout.ranks, row.want_ranks) << row.ranks << " " << row.threads;
        EXPECT_EQ(layout.threads, row.want_threads) << row.ranks << " " << row.threads;
    }
}

TEST(Since, CountsFromTheGivenStartOrTheProcessOwn)
{
    uint64_t before = plx_cli_since_now();
    plx_cli_since_mark();
    EXPECT_GE(plx_cli_since_main(), before);
    EXPECT_NEAR(plx_cli_since_launch(plx_cli_since_main() - 1500000000u), 1.5, 1e-9);
    EXPECT_LT(plx_cli_since_launch(plx_cli_since_main() + 1),
              0); // a start that is still to come: another clock
    double own = plx_cli_since_launch(0);
    EXPECT_GE(own, 0);
    EXPECT_LT(own, 3600);
}

}  // namespace
