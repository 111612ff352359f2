/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/look_net.c: the network interfaces that Open MPI would use: up, no loopback, with an
 * IPv4 address.
 */
#define _DEFAULT_SOURCE /* getifaddrs, ntohl */
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"

static uint32_t number_of(const struct sockaddr *address)
{
    struct sockaddr_in in;
    if (address == NULL)
        return UINT32_MAX;
    memcpy(&in, address, sizeof in);
    return ntohl(in.sin_addr.s_addr);
}

static bool is_usable(const struct ifaddrs *at)
{
    return at->ifa_addr != NULL && at->ifa_addr->sa_family == AF_INET &&
           (at->ifa_flags & IFF_UP) != 0 && (at->ifa_flags & IFF_LOOPBACK) == 0;
}

void plx_doctor_look_net(plx_doctor_rank *own)
{
    struct ifaddrs *all;
    if (getifaddrs(&all) != 0)
        return;
    for (const struct ifaddrs *at = all; at != NULL && own->nets_count < PLX_DOCTOR_NETS;
         at = at->ifa_next) {
        if (!is_usable(at))
            continue;
        plx_doctor_net *net = &own->nets[own->nets_count++];
        snprintf(net->name, sizeof net->name, "%s", at->ifa_name);
        net->address = number_of(at->ifa_addr);
        net->mask = number_of(at->ifa_netmask);
    }
    freeifaddrs(all);
}
