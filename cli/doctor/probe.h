/* SPDX-License-Identifier: MIT */
/* cli/doctor/probe.h: does MPI start here? Tried by a process that may die or hang of it. */
#ifndef PLX_CLI_DOCTOR_PROBE_H
#define PLX_CLI_DOCTOR_PROBE_H

#include "doctor.h"

/** True: it started, and library and level are filled in. */
bool plx_doctor_probe(plx_doctor_facts *);

#endif
