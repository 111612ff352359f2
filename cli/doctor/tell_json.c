/* SPDX-License-Identifier: MIT */
/* cli/doctor/tell_json.c: "parallax.doctor/1": all facts by rank and by host, and the verdicts. */
#include "doctor.h"
#include "plx/plx.h"

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? plx_cli_json_text(text) : json_null();
}

static json_t *number_or_null(int64_t number)
{
    return number >= 0 ? json_integer(number) : json_null();
}

static json_t *make_nets(const plx_doctor_rank *rank)
{
    char word[PLX_DOCTOR_WORD];
    json_t *list = json_array();
    for (int i = 0; i < rank->nets_count; i++) {
        const plx_doctor_net *net = &rank->nets[i];
        json_t *one = json_object();
        json_object_set_new(one, "name", plx_cli_json_text(net->name));
        json_object_set_new(one, "address",
                            json_string(plx_doctor_net_word(net->address, net->mask, word)));
        json_object_set_new(one, "virtual", json_boolean(plx_doctor_is_virtual(net)));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *make_host(const plx_doctor_host *host)
{
    const plx_doctor_rank *rank = host->first;
    json_t *one = json_object();
    json_object_set_new(one, "name", plx_cli_json_text(rank->host));
    json_object_set_new(one, "ranks", json_integer(host->ranks));
    json_object_set_new(one, "threads", json_integer(host->threads));
    json_object_set_new(one, "cores", json_integer(rank->cores));
    json_object_set_new(one, "hardware_threads", json_integer(rank->online));
    json_object_set_new(one, "numa_nodes", json_integer(rank->nodes));
    json_object_set_new(one, "usable", json_integer(host->cores));
    json_object_set_new(one, "shm_free_bytes", number_or_null(rank->shm_free));
    json_object_set_new(one, "container", json_boolean(rank->container));
    json_object_set_new(one, "reads_other_memory", json_boolean(rank->copies));
    json_object_set_new(one, "interfaces", make_nets(rank));
    return one;
}

static json_t *make_rank(const plx_doctor_rank *rank)
{
    char mask[PLX_DOCTOR_WORD];
    json_t *one = json_object();
    json_object_set_new(one, "rank", json_integer(rank->rank));
    json_object_set_new(one, "host", plx_cli_json_text(rank->host));
    json_object_set_new(one, "version", json_string(rank->version));
    json_object_set_new(one, "threads", json_integer(rank->threads));
    json_object_set_new(one, "mask", json_string(plx_doctor_mask_word(rank->mask, mask)));
    json_object_set_new(one, "masked", json_integer(rank->masked));
    json_object_set_new(one, "masked_cores", json_integer(rank->masked_cores));
    json_object_set_new(one, "usable", json_integer(rank->usable));
    json_object_set_new(one, "quota", rank->quota > 0 ? json_real(rank->quota) : json_null());
    json_object_set_new(one, "quota_file", text_or_null(rank->quota_file));
    json_object_set_new(one, "root", json_boolean(rank->root));
    json_object_set_new(one, "stack_bytes", number_or_null(rank->stack));
    json_object_set_new(one, "core_file_bytes", number_or_null(rank->core_file));
    json_object_set_new(one, "processes", number_or_null(rank->processes));
    json_object_set_new(one, "pids_left", number_or_null(rank->pids_left));
    json_object_set_new(one, "omp_num_threads", text_or_null(rank->num_threads));
    json_object_set_new(one, "omp_thread_limit", text_or_null(rank->thread_limit));
    json_object_set_new(one, "omp_proc_bind", text_or_null(rank->proc_bind));
    json_object_set_new(one, "omp_places", text_or_null(rank->places));
    json_object_set_new(one, "btl_tcp_if_include", text_or_null(rank->btl_include));
    json_object_set_new(one, "oob_tcp_if_include", text_or_null(rank->oob_include));
    return one;
}

static json_t *make_launch(const plx_doctor_facts *facts)
{
    const plx_doctor_rank *own = &facts->ranks[0];
    json_t *one = json_object();
    json_object_set_new(one, "by",
                        own->by == PLX_BY_NOBODY ? json_null()
                                                 : json_string(plx_doctor_by_word(own->by)));
    json_object_set_new(one, "processes", json_integer(own->by_ranks));
    json_object_set_new(one, "ranks", json_integer(facts->team_ranks));
    json_object_set_new(one, "hosts", json_integer(facts->team_hosts));
    json_object_set_new(one, "slurm_job", json_boolean(own->in_slurm));
    json_object_set_new(one, "slurm_cpus_per_task", number_or_null(own->slurm_cpus));
    json_object_set_new(one, "srun_cpus_per_task", number_or_null(own->srun_cpus));
    return one;
}

static json_t *make_mpi(const plx_doctor_facts *facts)
{
    bool starts = facts->mpi == PLX_MPI_STARTS;
    json_t *one = json_object();
    json_object_set_new(one, "built", json_boolean(facts->mpi != PLX_MPI_MISSING));
    json_object_set_new(one, "starts",
                        starts                        ? json_true()
                        : facts->mpi == PLX_MPI_FAILS ? json_false()
                                                      : json_null());
    json_object_set_new(one, "library", text_or_null(facts->library));
    json_object_set_new(one, "thread_level", text_or_null(facts->level));
    json_object_set_new(one, "mpirun", json_boolean(facts->mpirun));
    return one;
}

static json_t *make_verdict(const plx_doctor_verdict *verdict)
{
    json_t *one = json_object();
    json_object_set_new(one, "name", json_string(verdict->name));
    json_object_set_new(one, "level", json_string(plx_doctor_level_name(verdict->level)));
    json_object_set_new(one, "text", plx_cli_json_text(verdict->text));
    json_object_set_new(one, "mend", text_or_null(verdict->mend));
    return one;
}

json_t *plx_doctor_json(const plx_doctor_facts *facts, const plx_doctor_verdict *verdicts,
                        size_t count)
{
    json_t *all = json_object(), *hosts = json_array(), *ranks = json_array(), *said = json_array();
    for (size_t h = 0; h < facts->hosts_count; h++)
        json_array_append_new(hosts, make_host(&facts->hosts[h]));
    for (size_t r = 0; r < facts->ranks_count; r++)
        json_array_append_new(ranks, make_rank(&facts->ranks[r]));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(said, make_verdict(&verdicts[i]));
    json_object_set_new(all, "schema", json_string("parallax.doctor/1"));
    json_object_set_new(all, "version", json_string(plx_version()));
    json_object_set_new(all, "model", plx_cli_json_text(facts->model));
    json_object_set_new(all, "launch", make_launch(facts));
    json_object_set_new(all, "mpi", make_mpi(facts));
    json_object_set_new(all, "hosts", hosts);
    json_object_set_new(all, "ranks", ranks);
    json_object_set_new(all, "verdicts", said);
    json_object_set_new(all, "exit", json_integer(plx_doctor_exit(verdicts, count)));
    return all;
}
