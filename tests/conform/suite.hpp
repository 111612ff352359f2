// SPDX-License-Identifier: MIT
// The laws' common ground: which models run here, a team that closes itself, and oracles that use
// none of the library's code: a plain recursion for the join, one whole block for a map.
//
// Under mpirun every rank runs every line, so a body calls the library whatever it has found so far
// and uses EXPECT only: an ASSERT would strand the other ranks.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plx/kernels.h"
#include "plx/plx.h"

struct Setting {
    std::string model;
    int threads;
};

std::vector<Setting> settings(); // of PLX_TEST_MODELS: process (default) or mpi
std::string setting_name(const ::testing::TestParamInfo<Setting> &);

class Team
{
  public:
    explicit Team(const Setting &s)
    {
        status = plx_open(s.model.c_str(), s.threads, &team);
    }
    explicit Team(const std::string &model, int threads = 1) : Team(Setting{model, threads})
    {
    }
    ~Team()
    {
        plx_close(team);
    }
    Team(const Team &) = delete;
    operator plx_team *() const
    {
        return team;
    }
    bool root() const
    {
        return plx_team_rank(team) == 0;
    }
    plx_status status;

  private:
    plx_team *team = nullptr;
};

class Law : public ::testing::TestWithParam<Setting>
{
  protected:
    Law() : team(GetParam())
    {
    }
    Team team;
};

#define EVERY_MODEL(suite)                                                                         \
    INSTANTIATE_TEST_SUITE_P(Models, suite, ::testing::ValuesIn(settings()), setting_name)

struct Cut {
    size_t n, grain;
    plx_schedule schedule;
};
std::vector<Cut> cuts(); // every n x grain x schedule worth trying
std::string text(const Cut &);

// Oracles: kernel called directly, no hooks needed.
std::vector<unsigned char> whole_map(const plx_kernel &, size_t lo, size_t hi, const void *in,
                                     const size_t *at, const void *ctx);
std::vector<unsigned char> tree_fold(const plx_kernel &, size_t lo, size_t n, size_t grain,
                                     const void *in, const size_t *at, const void *ctx);
std::vector<unsigned char> prefix_folds(const plx_kernel &, size_t n, size_t grain, const void *in,
                                        const size_t *at, const void *ctx, bool exclusive);

// Toys: kernels made to catch mistakes.
extern const plx_kernel affine; // fold, index only: composes x -> a x + b mod p; does not commute
extern const plx_kernel affine_in; // the same from uint64 items
extern const plx_kernel stamp;     // map, f64 -> {own index, x * index}
extern const plx_kernel words;     // map and fold of items that differ in length
extern const plx_kernel bins;      // fold, 2^16 float64 bins: 512 KiB
extern const plx_kernel picky;     // map and fold that fail some items
extern const plx_kernel refuses;   // prepare refuses on one rank
extern const plx_kernel scratchy;  // map that checks its scratch and what prepare made

struct Stamped {
    uint64_t item;
    double value;
};
struct Picky {
    uint64_t from, every; // fails from, from + every, …; every = 0: none
};
struct Refusal {
    int64_t rank; // -1: none
};
extern int my_rank;            // set by main
extern int prepared, released; // by scratchy, in this process

std::vector<double> reals(size_t n);
std::vector<uint64_t> integers(size_t n);
std::string strings(size_t n, std::vector<size_t> &at);
