#!/bin/sh
# SPDX-License-Identifier: MIT
# The smallest run on several processes without a batch system: jobs/mpirun.sh [RANKS]
#
# Build first, once, on this machine: ./parallax --version
set -eu

# The launcher starts that many copies of the command; each is one rank and gets its share of the work.
ranks=${1:-2}

# A name relative to this script, so that it can be started from anywhere.
root=$(dirname -- "$(readlink -f -- "$0")")/..

exec mpirun -n "$ranks" "$root/parallax" run reduce prime_sieve -n 1e9 -m mpi
