/* SPDX-License-Identifier: MIT */
/*
 * cxx.cpp: a kernel in C++17, which has no designated initialisers: zero it, then name what it has.
 *
 * The longest Collatz chain of the numbers below a million. No exception may leave a kernel.
 */
#include <iostream>
#include <memory>
#include <plx/plx.h>

struct Longest { uint64_t steps, start; };

static void fold(const plx_block *block, void *acc)
{
    auto &longest = *static_cast<Longest *>(acc);
    for (uint64_t i = block->lo ? block->lo : 1; i < block->hi; i++) {
        uint64_t steps = 0;
        for (uint64_t x = i; x != 1; x = x % 2 ? 3 * x + 1 : x / 2)
            steps++;
        if (steps > longest.steps)
            longest = { steps, i };
    }
}

static plx_kernel make_collatz()
{
    plx_kernel kernel{};
    kernel.size = sizeof kernel;
    kernel.name = "collatz";
    kernel.about = "the longest Collatz chain";
    kernel.acc_size = sizeof(Longest);
    kernel.item_ns = 200;
    kernel.fold = fold;
    kernel.combine = [](void *left, const void *right, const void *) {      /* of equals: left */
        if (static_cast<const Longest *>(right)->steps > static_cast<Longest *>(left)->steps)
            *static_cast<Longest *>(left) = *static_cast<const Longest *>(right);
    };
    return kernel;
}

int main(int argc, char **argv)
{
    const plx_kernel collatz = make_collatz();
    Longest longest{};
    plx_job job{};
    job.kernel = &collatz;
    job.n = 1000000;
    job.out = &longest;

    plx_team *opened = nullptr;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &opened);
    const std::unique_ptr<plx_team, decltype(&plx_close)> team(opened, plx_close);
    if (status == PLX_OK)
        status = plx_reduce(team.get(), &job, nullptr);
    if (status != PLX_OK)
        std::cerr << "cxx: " << plx_status_text(status) << '\n';
    else if (plx_team_rank(team.get()) == 0)
        std::cout << longest.steps << " steps from " << longest.start << '\n';
    return plx_status_exit(status);
}
