/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/judge_net.c: which network the ranks of several hosts would meet on.
 *
 * Open MPI uses every interface that is up. A bridge of a container engine has the same address on
 * every host and leads nowhere, so that connections hang. Its messages and its daemons choose
 * apart: both parameters must be set.
 */
#include <string.h>

#include "doctor.h"

static bool is_in(const plx_doctor_rank *rank, const plx_doctor_net *net, bool *same_name)
{
    for (int i = 0; i < rank->nets_count; i++) {
        const plx_doctor_net *other = &rank->nets[i];
        if (plx_doctor_is_virtual(other) || other->mask != net->mask ||
            (other->address & other->mask) != (net->address & net->mask))
            continue;
        *same_name = *same_name && strcmp(other->name, net->name) == 0;
        return true;
    }
    return false;
}

/* The name, or where hosts call it by several names the network, of what all hosts are on. */
static const char *find_common(const plx_doctor_facts *facts, char word[PLX_DOCTOR_WORD])
{
    const plx_doctor_rank *own = facts->hosts[0].first;
    for (int i = 0; i < own->nets_count; i++) {
        const plx_doctor_net *net = &own->nets[i];
        bool common = !plx_doctor_is_virtual(net), same_name = true;
        for (size_t h = 1; common && h < facts->hosts_count; h++)
            common = is_in(facts->hosts[h].first, net, &same_name);
        if (common && same_name)
            return strcpy(word, net->name);
        if (common)
            return plx_doctor_net_word(net->address & net->mask, net->mask, word);
    }
    return strcpy(word, "NETWORK/BITS");
}

static void mend(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    char word[PLX_DOCTOR_WORD];
    find_common(facts, word);
    plx_doctor_mend(verdict, "mpirun --mca btl_tcp_if_include %s --mca oob_tcp_if_include %s ...",
                    word, word);
}

void plx_judge_networks(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    const plx_doctor_rank *own = &facts->ranks[0];
    if (facts->hosts_count < 2 || own->btl_include[0] != '\0' || own->oob_include[0] != '\0')
        return;
    for (size_t h = 0; h < facts->hosts_count; h++) {
        const plx_doctor_rank *rank = facts->hosts[h].first;
        for (int i = 0; i < rank->nets_count; i++) {
            if (!plx_doctor_is_virtual(&rank->nets[i]))
                continue;
            plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                            "host %s: interface %s is up and leads to "
                            "no other host; Open MPI tries it all the same and may hang",
                            rank->host, rank->nets[i].name);
            mend(facts, verdict);
            return;
        }
    }
}

void plx_judge_half_set(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    const plx_doctor_rank *own = &facts->ranks[0];
    bool btl = own->btl_include[0] != '\0', oob = own->oob_include[0] != '\0';
    if (facts->hosts_count < 2 || btl == oob)
        return;
    plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                    "%s is set and %s is not: Open MPI's %s still use "
                    "every interface",
                    btl ? "btl_tcp_if_include" : "oob_tcp_if_include",
                    btl ? "oob_tcp_if_include" : "btl_tcp_if_include",
                    btl ? "daemons" : "messages");
    const char *word = btl ? own->btl_include : own->oob_include;
    plx_doctor_mend(verdict, "mpirun --mca btl_tcp_if_include %s --mca oob_tcp_if_include %s ...",
                    word, word);
}
