/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor.c: `parallax doctor`: look at this launch as `run` would be in it, and say what is
 * wrong.
 *
 * Every process looks at itself before MPI starts; the team then brings the facts to rank 0 as the
 * items of a map. A network that hangs would hang the doctor too, so there is an alarm that says
 * what to do. Alone, without an mpi model, MPI is tried in a process of its own.
 */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "doctor/doctor.h"
#include "doctor/probe.h"
#include "error.h"
#include "launch.h"
#include "mask.h"
#include "names.h"
#include "options.h"
#include "place.h"

enum { WORKERS_MAX = 65536, WAIT_S = 60 };

typedef struct ask {
    const char *model;
    int threads, ranks;
    uint64_t started;
    bool oversubscribe, json, inside;
} ask;

#define AT(field) offsetof(ask, field)

static const plx_cli_option options[] = {
    {"model", 'm', "MODEL", "that is to run (default: as run; under a launcher mpi)",
     plx_cli_set_text, AT(model), 0, 0, false},
    {"workers", 'w', "N", "threads in each process", plx_cli_set_int, AT(threads), 1, WORKERS_MAX,
     false},
    {"ranks", 0, "N", "an mpi model without a launcher: processes to start", plx_cli_set_int,
     AT(ranks), 1, WORKERS_MAX, false},
    {"oversubscribe", 0, NULL, "let these ranks share cores", plx_cli_set_flag, AT(oversubscribe),
     0, 0, false},
    {"json", 0, NULL, "print one JSON object", plx_cli_set_flag, AT(json), 0, 0, false},
    {"started", 0, "NS", NULL, plx_cli_set_u64, AT(started), 0, UINT64_MAX, false},
    {"inside", 0, NULL, NULL, plx_cli_set_flag, AT(inside), 0, 0, false},
    {0}};

static void print_more(void)
{
    puts("\nStart it as the work shall be started: alone, or under mpirun or srun with the same "
         "options.\nEach warning comes with what mends it. Exit code: 0 without errors, else "
         "the one\nthat `run` would end with: 78 if ranks do not fit together.");
}

static const plx_cli_command command = {
    .name = "doctor",
    .usage = "doctor [options]",
    .about = "Cores, quota, binding, MPI, networks and limits, in every rank: what would go wrong\n"
             "here and what mends it.",
    .options = options,
    .more = print_more,
};

/* The facts that gather_rank() reads: a kernel is given nothing that differs from rank to rank. */
static plx_doctor_rank own;

static void gather_rank(const plx_block *block)
{
    for (size_t i = block->lo; i < block->hi; i++)
        memcpy((char *)block->out + (i - block->lo) * sizeof own, &own, sizeof own);
}

/* One item a rank, and a static schedule: each rank's own goes to its place. */
static plx_status gather(plx_team *team, plx_doctor_facts *facts, plx_report *report)
{
    static const plx_kernel kernel = {
        .size = sizeof kernel,
        .name = "facts",
        .about = "what every rank found",
        .out_size = sizeof own,
        .item_ns = 1,
        .map = gather_rank,
    };
    const plx_job job = {.kernel = &kernel,
                         .n = (size_t)plx_team_ranks(team),
                         .out = facts->ranks,
                         .grain = 1,
                         .schedule = PLX_STATIC};
    return plx_map(team, &job, report);
}

static int find_model(ask *asked, plx_doctor_facts *facts)
{
    plx_model_info model;
    bool has_mpi = false, across = asked->model && strncmp(asked->model, "mpi", 3) == 0;
    for (size_t i = 0; plx_model_at(i, &model); i++)
        if (strcmp(model.name, "mpi") == 0) {
            has_mpi = model.available;
            facts->missing = model.why;
        }
    facts->mpi = has_mpi ? PLX_MPI_UNTRIED : PLX_MPI_MISSING;
    facts->mpirun = plx_doctor_in_path("mpirun");
    facts->remote = plx_doctor_in_path("ssh") || plx_doctor_in_path("rsh") ||
                    getenv("OMPI_MCA_plm_rsh_agent") != NULL || getenv("SLURM_JOB_ID") != NULL;
    if (asked->model == NULL)
        asked->model = has_mpi && plx_cli_where().launched ? "mpi" : plx_cli_default_model();
    else if (has_mpi || !across) {
        int code = plx_cli_find_model(asked->model, PLX_MAP, &model);
        if (code != 0)
            return code;
    }
    facts->model = asked->model;
    facts->across = has_mpi && strncmp(asked->model, "mpi", 3) == 0;
    facts->single = strcmp(asked->model, "mpi") == 0 || strcmp(asked->model, "serial") == 0;
    return 0;
}

static int check_ranks(const ask *asked, const plx_doctor_facts *facts)
{
    const plx_cli_place place = plx_cli_where();
    if (asked->ranks == 0 || (facts->across && (!place.launched || asked->ranks == place.ranks)))
        return 0;
    if (!facts->across)
        return plx_cli_error(PLX_EXIT_USAGE, "--ranks '%d': not allowed; model '%s' is one process",
                             asked->ranks, asked->model);
    return plx_cli_error(PLX_EXIT_USAGE, "--ranks '%d': not allowed; the launcher started %d",
                         asked->ranks, place.ranks);
}

static void give_up(int signal)
{
    static const char line[] =
        "parallax: doctor: the ranks did not meet within 60 s; a network that leads nowhere does "
        "that: mpirun --mca btl_tcp_if_include NETWORK/BITS --mca oob_tcp_if_include "
        "NETWORK/BITS ... (`parallax doctor` on one host lists its interfaces)\n";
    (void)signal;
    ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
    (void)ignored;
    _exit(PLX_EXIT_SYSTEM);
}

static void limit_time(bool on)
{
    const struct sigaction action = {.sa_handler = give_up};
    if (on && plx_cli_where().rank == 0)
        sigaction(SIGALRM, &action, NULL);
    alarm(on ? WAIT_S : 0);
}

static int make_room(plx_doctor_facts *facts, size_t ranks)
{
    facts->ranks = calloc(ranks, sizeof *facts->ranks);
    facts->hosts = calloc(ranks, sizeof *facts->hosts);
    if (facts->ranks != NULL && facts->hosts != NULL)
        return 0;
    return plx_cli_error(PLX_EXIT_SYSTEM, "doctor: no memory for the facts of %zu ranks", ranks);
}

static void take_info(const plx_team_info *info, plx_doctor_facts *facts)
{
    facts->team_ranks = info->ranks;
    facts->team_hosts = info->hosts;
    own.rank = info->rank;
    own.threads = info->threads;
    if (info->mpi != NULL) {
        facts->mpi = PLX_MPI_STARTS;
        snprintf(facts->library, sizeof facts->library, "%s", info->mpi);
        snprintf(facts->level, sizeof facts->level, "%s", info->thread_level);
    }
    if (info->apart != NULL)
        snprintf(facts->apart, sizeof facts->apart, "%s", info->apart);
}

/* What plx_open() and one call tell. Ranks that are apart have this process's own facts only. */
static int ask_team(plx_team *team, plx_doctor_facts *facts)
{
    plx_team_info info;
    plx_report report;
    plx_team_about(team, &info);
    take_info(&info, facts);
    facts->ranks_count = facts->apart[0] == '\0' ? (size_t)info.ranks : 1;
    int code = make_room(facts, facts->ranks_count);
    if (code != 0)
        return code;
    facts->ranks[0] = own;                  /* all that ranks but the first have */
    plx_status status = facts->apart[0] == '\0' ? gather(team, facts, &report) : PLX_OK;
    if (status != PLX_OK)
        return plx_cli_error(plx_status_exit(status), "doctor: the ranks' facts did not arrive: %s",
                             plx_status_text(status));
    facts->ranks_count = info.rank == 0 ? facts->ranks_count : 1;
    return 0;
}

/* MPI is started here only where its launcher is: elsewhere it starts a daemon, or ends us. */
static const char *model_to_open(const plx_doctor_facts *facts, bool launched)
{
    const char *plus = strchr(facts->model, '+');
    if (strncmp(facts->model, "mpi", 3) != 0 || (launched && facts->mpi != PLX_MPI_MISSING))
        return facts->model;
    return plus != NULL && facts->mpi != PLX_MPI_MISSING ? plus + 1 : "serial";
}

static int examine(const ask *asked, plx_doctor_facts *facts)
{
    plx_team *team;
    const plx_cli_place place = plx_cli_where();
    bool launched = (place.launched && !place.bare) || asked->inside;
    const char *model = model_to_open(facts, launched);
    plx_doctor_look(&own);
    if (!launched && !place.bare && facts->mpi != PLX_MPI_MISSING)
        facts->mpi = plx_doctor_probe(facts) ? PLX_MPI_STARTS : PLX_MPI_FAILS;
    limit_time(true);
    plx_cli_place_meet();
    plx_status status = plx_open(model, facts->single ? 1 : asked->threads, &team);
    if (status != PLX_OK)
        return plx_cli_error(plx_status_exit(status), "model '%s': cannot be opened: %s", model,
                             plx_status_text(status));
    int code = ask_team(team, facts);
    plx_close(team);
    limit_time(false);
    return code;
}

static int tell(const ask *asked, plx_doctor_facts *facts)
{
    plx_doctor_verdict verdicts[PLX_DOCTOR_VERDICTS];
    plx_doctor_group(facts);
    size_t count = plx_doctor_judge(facts, verdicts);
    int code = plx_doctor_exit(verdicts, count), printed = 0;
    if (plx_cli_where().rank == 0) {
        if (asked->json)
            printed = plx_cli_json_print(plx_doctor_json(facts, verdicts, count));
        else
            plx_doctor_print_text(facts, verdicts, count);
        code = plx_cli_flush(printed != 0 ? printed : code);
    } else if (code != 0)
        plx_cli_error_wait();
    return code;
}

/* An mpi model alone becomes mpirun, as in run; where that cannot be, this process tells why. */
static bool must_launch(const ask *asked, const plx_doctor_facts *facts)
{
    return facts->across && !plx_cli_where().launched && !asked->inside && facts->mpirun &&
           facts->remote;
}

static int launch(const ask *asked, const plx_doctor_facts *facts, int argc, char **argv)
{
    plx_cli_layout layout =
        plx_cli_launch_layout(asked->ranks, facts->single ? 1 : asked->threads, plx_cores());
    layout.oversubscribe = asked->oversubscribe;
    int code = plx_cli_launch_check(layout);
    return code == 0 ? plx_cli_launch(layout, PLX_CLI_BIND_DEFAULT, asked->started, argc, argv)
                     : code;
}

int plx_cli_doctor(int argc, char **argv)
{
    ask asked = {0};
    plx_doctor_facts facts = {0};
    plx_cli_mask_restore(); /* as run does */
    int first, code = plx_cli_parse(&command, argc, argv, &asked, &first);
    if (code != 0)
        return code == PLX_CLI_DONE ? 0 : code;
    if (first < argc)
        return plx_cli_error(PLX_EXIT_USAGE, "doctor: '%s' is one too many; it takes options only",
                             argv[first]);
    code = find_model(&asked, &facts);
    if (code == 0)
        code = check_ranks(&asked, &facts);
    if (code == 0 && must_launch(&asked, &facts))
        return launch(&asked, &facts, argc, argv);
    if (code == 0)
        code = examine(&asked, &facts);
    if (code == 0)
        code = tell(&asked, &facts);
    free(facts.ranks);
    free(facts.hosts);
    return code;
}
