// SPDX-License-Identifier: MIT
// mpi/lpt.c against a search through all ranks. Costs are whole numbers and threads powers of two,
// so that both compute without rounding.
#include <gtest/gtest.h>

#include <random>
#include <vector>

extern "C" {
#include "mpi/lpt.h"
}

static size_t search(const std::vector<int> &threads, const std::vector<double> &load, double cost)
{
    size_t best = threads.size() - 1;
    for (size_t r = best; r-- > 0;)
        if ((load[r] + cost) / threads[r] < (load[best] + cost) / threads[best])
            best = r;
    return best;
}

TEST(Lpt, GivesAsASearchThroughAllRanksDoes)
{
    std::mt19937 random(1);
    for (size_t ranks : {1, 2, 3, 7, 64, 100})
        for (unsigned powers : {1u, 2u, 4u}) {
            std::vector<int> threads(ranks);
            for (int &t : threads)
                t = 1 << random() % powers;
            std::vector<double> load(ranks, 0);
            plx_lpt lpt;
            ASSERT_TRUE(plx_lpt_open(&lpt, threads.data(), (int)ranks));
            for (unsigned cost = 1200; cost > 0; cost -= random() % 3 % cost) {
                size_t expected = search(threads, load, cost / 4);
                load[expected] += cost / 4;
                EXPECT_EQ((int)expected, plx_lpt_give(&lpt, cost / 4))
                    << ranks << " ranks, cost " << cost / 4;
                if (cost == 1)
                    break;
            }
            plx_lpt_close(&lpt);
        }
}
