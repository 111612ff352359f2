// SPDX-License-Identifier: MIT
// What is tried: drawn from one stream of numbers, so that every rank draws the same.
#include "faults.hpp"

using Chance = std::mt19937_64;

// Below n; not a std distribution, whose numbers differ from library to library.
static size_t below(Chance &chance, size_t n)
{
    return (size_t)(chance() % n);
}

const Fault *Plan::has(Wrong what, int rank) const
{
    for (const Fault &fault : faults)
        if (fault.what == what && fault.rank == rank)
            return &fault;
    return nullptr;
}

Plan draw(Chance &chance, int ranks)
{
    Plan p{};
    p.pattern = patterns[below(chance, PATTERNS)];
    p.items = p.pattern == PLX_FAN ? (Items)below(chance, 2) : (Items)below(chance, 3);
    p.large = below(chance, 3) == 0;
    p.n = p.pattern == PLX_FAN ? below(chance, most_tasks + 1)
          : below(chance, 4)   ? below(chance, 300)
          : below(chance, 2)   ? below(chance, 2 * (size_t)ranks)
                               : 0;
    p.grain = below(chance, 9);
    p.batch = 1 + below(chance, 20);
    p.in_flight = below(chance, 6);
    p.schedule = (plx_schedule)below(chance, 3);
    p.where = p.is_cut() && below(chance, 3) == 0 ? PLX_LOCAL : PLX_ROOT;
    p.keep_going = below(chance, 2);
    p.traced = below(chance, 4) == 0;
    p.rows = below(chance, 2);
    p.exclusive = below(chance, 2);
    p.failures_cap = below(chance, 3) * 4;
    return p;
}

// One, or several at once, on ranks that need not be different.
void add_faults(Plan &p, Chance &chance, int ranks)
{
    size_t count = below(chance, 2) ? 1 : 2 + below(chance, 2);
    while (p.faults.size() < count) {
        // memory has the most places to be missing in
        Wrong what = below(chance, 3) == 0 ? Wrong::no_memory : (Wrong)below(chance, wrongs);
        Fault fault{what, (int)below(chance, (size_t)ranks), 1 + (long)below(chance, 12),
                    below(chance, 3) ? 1 : 1000000};
        if (what == Wrong::no_memory && below(chance, 4) == 0)
            fault.number += 1 + (long)below(chance, 40);
        if (what == Wrong::items_fail)
            for (size_t i = 0; i <= below(chance, 6); i++)
                p.bad[below(chance, p.n * (p.pattern == PLX_FAN ? task_items : 1) + 1)] = true;
        if (what == Wrong::callback && p.pattern != PLX_BATCH)
            continue;
        p.faults.push_back(fault);
    }
}

std::string text(const Plan &p)
{
    static const char *const words[] = {"small_kernel", "other_kernel", "no_kernel", "no_room",
                                        "no_data",      "refuses",      "no_memory", "items_fail",
                                        "rank_fails",   "outside",      "callback"};
    static const char *const items[] = {"none", "fixed", "varies"};
    std::string all = plx_pattern_name(p.pattern);
    auto add = [&all](const char *name, size_t value) {
        all += std::string(" ") + name + " " + std::to_string(value);
    };
    all += std::string(" items ") + items[(int)p.items];
    add("n", p.n), add("grain", p.grain), add("schedule", p.schedule), add("local", p.where);
    add("exclusive", p.exclusive);
    add("keep_going", p.keep_going), add("large", p.large), add("traced", p.traced);
    add("batch", p.batch), add("in_flight", p.in_flight), add("cap", p.failures_cap);
    for (const Fault &fault : p.faults)
        all += std::string("; ") + words[(int)fault.what] + " on rank " +
               std::to_string(fault.rank) + " (" + std::to_string(fault.number) + ", " +
               std::to_string(fault.length) + ")";
    return all;
}
