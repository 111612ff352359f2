/* SPDX-License-Identifier: MIT */
/* inside.h declares what mpi/model.h does, or this is not compiled. */
#include "inside.h"

#include "mpi/model.h"
