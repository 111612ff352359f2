/* SPDX-License-Identifier: MIT */
/*
 * bench/simulate_count.cpp: every message that the simulated network carries passes through here.
 *
 * SimGrid asks a function of the user's for the latency factor of each transfer and tells it size,
 * source and destination: so those of collectives are counted too, as the algorithm really sends
 * them. In C++, since SimGrid offers this to C++ alone.
 */
#include "bench/simulate.h"

#include <simgrid/s4u.hpp>
#include <simgrid/kernel/resource/NetworkModelIntf.hpp>

using simgrid::s4u::Host;

static traffic counted;
static const Host *root;

static double count_message(double size, const Host *from, const Host *to,
                            const std::vector<simgrid::s4u::Link *> &,
                            const std::unordered_set<simgrid::s4u::NetZone *> &)
{
    if (from == root || to == root) {
        counted.messages++;
        counted.bytes += static_cast<uint64_t>(size);
    }
    return 1;
}

void simulate_count(void)
{
    root = simgrid::s4u::this_actor::get_host();
    auto *model = simgrid::s4u::Engine::get_instance()->get_netzone_root()->get_network_model();
    model->set_lat_factor_cb(count_message);
}

traffic simulate_counted(void)
{
    return counted;
}
