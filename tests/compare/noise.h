// SPDX-License-Identifier: MIT
// Simulated launches: what a machine's noise does to times, law by law, and a comparison that is
// run on it as rounds.c would, order and looks and verdict being the real ones.
#ifndef TESTS_COMPARE_NOISE_H
#define TESTS_COMPARE_NOISE_H

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

extern "C" {
#include "compare/looks.h"
#include "compare/order.h"
#include "compare/stats.h"
}

enum Law { NORMAL, LOGNORMAL, BIMODAL, PARETO, AR1, STEP, LAWS };

inline const char *law_name(int law)
{
    static const char *const names[] = {"normal",     "log-normal", "bimodal",
                                        "Pareto 1.5", "AR(1) 0.8",  "step 10 %"};
    return names[law];
}

using Random = std::mt19937_64;

// What count launches in a row take more than they should, as factors. scale is about the standard
// deviation of a single launch.
inline std::vector<double> noise(int law, size_t count, double scale, Random &random)
{
    std::vector<double> time(count);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    const size_t when = static_cast<size_t>(uniform(random) * static_cast<double>(count));
    double state = normal(random);
    for (size_t i = 0; i < count; i++) {
        switch (law) {
        case NORMAL:
            time[i] = std::max(0.1, 1 + scale * normal(random));
            break;
        case LOGNORMAL:
            time[i] = exp(scale * normal(random));
            break;
        case BIMODAL: // now and then the other processor, or the other clock
            time[i] =
                (uniform(random) < 0.3 ? 1 + 2 * scale : 1) * exp(0.2 * scale * normal(random));
            break;
        case PARETO: // alpha 1.5: no variance
            time[i] = 1 + scale * (pow(1 - uniform(random), -1 / 1.5) - 1);
            break;
        case AR1: // each moment is like the one before
            time[i] = exp(scale * state);
            state = 0.8 * state + 0.6 * normal(random);
            break;
        default: // a neighbour comes and stays
            time[i] = (i >= when ? 1.1 : 1) * exp(scale * normal(random));
        }
    }
    return time;
}

// The times of each row by rounds. Row r truly takes truth[r].
inline std::vector<std::vector<double>> launches(int law, double scale, size_t rounds,
                                                 const std::vector<double> &truth, Random &random)
{
    const size_t rows = truth.size();
    const std::vector<double> moment = noise(law, rounds * rows, scale, random);
    const uint64_t seed = random();
    std::vector<std::vector<double>> time(rows, std::vector<double>(rounds));
    std::vector<size_t> order(rows);
    for (size_t round = 0; round < rounds; round++) {
        plx_order_fill(order.data(), rows, round, seed);
        for (size_t place = 0; place < rows; place++)
            time[order[place]][round] = truth[order[place]] * moment[round * rows + place];
    }
    return time;
}

struct Pairs { // all pairs after a number of rounds
    std::vector<plx_interval> ratio;
    std::vector<double> truth;
    size_t rounds;
    double widest() const
    {
        double most = 0;
        for (const auto &one : ratio)
            most = std::max(most, plx_looks_width(&one));
        return most;
    }
    bool covered() const
    {
        bool all = true;
        for (size_t i = 0; i < ratio.size(); i++)
            all = all && ratio[i].low <= truth[i] && truth[i] <= ratio[i].high;
        return all;
    }
};

inline Pairs judge(const std::vector<std::vector<double>> &time, const std::vector<double> &truth,
                   size_t rounds)
{
    Pairs pairs = {{}, {}, rounds};
    for (size_t a = 0; a < time.size(); a++)
        for (size_t b = a + 1; b < time.size(); b++) {
            pairs.ratio.push_back(plx_stats_ratio(time[a].data(), time[b].data(), rounds,
                                                  plx_stats_pair_confidence(time.size())));
            pairs.truth.push_back(truth[a] / truth[b]);
        }
    return pairs;
}

// A comparison with room for so many rounds, ended by its looks.
inline Pairs compare_noise(int law, double scale, int room, const std::vector<double> &truth,
                           Random &random)
{
    plx_looks looks;
    plx_looks_plan(&looks, truth.size(), room);
    int until = looks.at[looks.count - 1];
    const auto time = launches(law, scale, static_cast<size_t>(until), truth, random);
    for (size_t i = 0;; i++) {
        Pairs pairs = judge(time, truth, static_cast<size_t>(looks.at[i]));
        if (looks.at[i] < until)
            until = plx_looks_until(&looks, i, pairs.widest());
        if (looks.at[i] >= until)
            return pairs;
    }
}

#endif
