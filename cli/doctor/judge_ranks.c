/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/judge_ranks.c: do the processes find each other at all, and did the launcher do what
 * was meant.
 *
 * A launcher that speaks another protocol than the MPI library leaves every process a world of its
 * own, "rank 0 of 1": all do the whole work. The launcher's environment knows how many there are.
 */
#include <string.h>

#include "doctor.h"
#include "cli/error.h"
#include "cli/place.h"
#include "plx/plx.h"

static void fail(plx_doctor_verdict *verdict, int code)
{
    verdict->code = code;
}

static bool is_launched(const plx_doctor_facts *facts)
{
    return facts->ranks[0].by != PLX_BY_NOBODY && facts->ranks[0].by_ranks > 1;
}

void plx_judge_singletons(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    const plx_doctor_rank *own = &facts->ranks[0];
    if (!facts->across || !is_launched(facts) || own->by_ranks <= facts->team_ranks)
        return;
    if (own->bare)
        plx_doctor_find(verdict, PLX_DOCTOR_ERROR,
                        "srun started %d processes without PMIx, so that MPI cannot join them",
                        own->by_ranks);
    else
        plx_doctor_find(verdict, PLX_DOCTOR_ERROR,
                        "%s started %d processes, but MPI sees %d: each would do all the work",
                        plx_doctor_by_word(own->by), own->by_ranks, facts->team_ranks);
    plx_doctor_mend(verdict, "%s", plx_cli_place_mend(own->by == PLX_BY_SRUN));
    fail(verdict, plx_status_exit(PLX_MISMATCH));
}

void plx_judge_apart(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    if (facts->apart[0] == '\0')
        return;
    plx_doctor_find(verdict, PLX_DOCTOR_ERROR, "the ranks do not fit together: %s", facts->apart);
    plx_doctor_mend(verdict,
                    "give every host the same parallax %s, and mpirun its whole path: "
                    "mpirun ... /path/to/parallax",
                    facts->ranks[0].version);
    fail(verdict, plx_status_exit(PLX_MISMATCH));
}

void plx_judge_copies(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    if (facts->across || !is_launched(facts))
        return;
    plx_doctor_find(verdict, PLX_DOCTOR_ERROR,
                    "model '%s' is one process, but %s started %d, each of which would do all the "
                    "work",
                    facts->model, plx_doctor_by_word(facts->ranks[0].by), facts->ranks[0].by_ranks);
    plx_doctor_mend(verdict, "-m mpi, mpi+omp or mpi+pthread; or no launcher");
    fail(verdict, PLX_EXIT_USAGE);
}

void plx_judge_no_mpi(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    if (facts->mpi != PLX_MPI_MISSING)
        return;
    bool needed = is_launched(facts) || strncmp(facts->model, "mpi", 3) == 0;
    plx_doctor_find(verdict, needed ? PLX_DOCTOR_ERROR : PLX_DOCTOR_NOTE,
                    "the mpi models are not in this build: %s", facts->missing);
    plx_doctor_mend(verdict, "install Open MPI (Debian: libopenmpi-dev openmpi-bin) and build "
                             "again with -D PLX_WITH_MPI=ON");
    fail(verdict, PLX_EXIT_MISSING);
}

void plx_judge_mpi_fails(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    if (facts->mpi != PLX_MPI_FAILS || !facts->mpirun || !facts->remote)
        return; /* or the reason is known, and told */
    plx_doctor_find(verdict, facts->across ? PLX_DOCTOR_ERROR : PLX_DOCTOR_WARNING,
                    "MPI does not start in a process of its own");
    plx_doctor_mend(verdict,
                    "`mpirun -n 1 parallax doctor` prints MPI's own words; the library and "
                    "mpirun must be of one installation");
    fail(verdict, PLX_EXIT_MISSING);
}

void plx_judge_no_mpirun(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    if (facts->mpi == PLX_MPI_MISSING || facts->mpirun || facts->ranks[0].by != PLX_BY_NOBODY)
        return;
    plx_doctor_find(verdict, facts->across ? PLX_DOCTOR_ERROR : PLX_DOCTOR_WARNING,
                    "mpirun is not in PATH: the mpi models cannot start their ranks");
    plx_doctor_mend(verdict, "install it (Debian: openmpi-bin), load its module, or add its folder "
                             "to PATH");
    fail(verdict, PLX_EXIT_MISSING);
}

void plx_judge_no_ssh(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    if (facts->mpi == PLX_MPI_MISSING || !facts->mpirun || facts->remote ||
        facts->ranks[0].by != PLX_BY_NOBODY)
        return;
    plx_doctor_find(verdict, facts->across ? PLX_DOCTOR_ERROR : PLX_DOCTOR_WARNING,
                    "neither ssh nor rsh is in PATH: Open MPI's mpirun wants one even on one host");
    plx_doctor_mend(verdict, "install it (Debian: openssh-client); on one host alone: export "
                             "OMPI_MCA_plm_rsh_agent=/bin/false");
    fail(verdict, PLX_EXIT_MISSING);
}

void plx_judge_root(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    const plx_doctor_rank *own = &facts->ranks[0];
    if (!own->root || own->root_allowed || own->by != PLX_BY_NOBODY || !facts->mpirun ||
        facts->mpi == PLX_MPI_MISSING)
        return;
    plx_doctor_find(verdict, PLX_DOCTOR_NOTE,
                    "this is root, whom mpirun refuses; parallax allows "
                    "it for the mpirun that it starts itself");
    plx_doctor_mend(verdict, "mpirun --allow-run-as-root ...; better: another user");
}

/* A step that was given fewer cores for a task than the job asked for. */
void plx_judge_srun_cpus(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    for (size_t r = 0; r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        if (!rank->in_step || rank->slurm_cpus <= 1 || rank->masked >= rank->slurm_cpus)
            continue;
        plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                        "SLURM_CPUS_PER_TASK=%d, but task %d was given "
                        "%d core%s: srun of Slurm 22.05 to 23.02 does not read it",
                        rank->slurm_cpus, rank->rank, rank->masked, rank->masked == 1 ? "" : "s");
        plx_doctor_mend(verdict,
                        "srun --cpus-per-task=%d --cpu-bind=cores ..., or before it: "
                        "export SRUN_CPUS_PER_TASK=%d",
                        rank->slurm_cpus, rank->slurm_cpus);
        return;
    }
}

/* The same, seen before the step is started. */
void plx_judge_srun_inherits(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    const plx_doctor_rank *own = &facts->ranks[0];
    int version = own->slurm_version;
    bool known = version > 0;
    if (!own->in_slurm || own->by != PLX_BY_NOBODY || own->slurm_cpus <= 1 || own->srun_cpus > 0 ||
        (known && (version < 2205 || version >= 2311)))
        return;
    plx_doctor_find(verdict, known ? PLX_DOCTOR_WARNING : PLX_DOCTOR_NOTE,
                    "this job has %d cores a task, which srun of Slurm 22.05 to 23.02 does not "
                    "hand on%s",
                    own->slurm_cpus,
                    known ? "; this is one of them" : "; the version could not be asked");
    plx_doctor_mend(verdict, "export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK before srun");
}
