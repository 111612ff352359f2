#!/bin/sh
# SPDX-License-Identifier: MIT
# Several processes without a batch system, on this machine or on those of a hostfile:
#
#   jobs/mpirun.sh [-f HOSTFILE] [-r RANKS] [-t THREADS] [-i INTERFACE] [WORDS ...]
#
#   -f HOSTFILE     a line for each machine: NAME slots=RANKS. Each must reach each by ssh without a password,
#                   and have the same files under the same names. Default: this machine
#   -r RANKS        ranks on each machine, default 2; no more than its slots
#   -t THREADS      cores of each rank, for its threads, default 1: mpi has one thread a rank
#   -i INTERFACE    the network to take, by name (eth0) or addresses (10.0.0.0/8): without it all are tried, and
#                   those of containers and virtual machines (docker0, virbr0) make runs hang
#   WORDS           the command's: run reduce prime_sieve -n 1e12 -m mpi; without them a small default runs
#
# Build once before, on a machine like those of the hostfile: ./parallax --version ($PARALLAX: a command elsewhere).
# To stop it: kill -USR1 to this script or mpirun reaches every rank; TERM leaves them a second.
set -eu

fail() {
    echo "jobs/mpirun.sh: $1" >&2
    exit "$2"
}
is_count() { case $1 in '' | *[!0-9]* | 0*) false ;; esac }

hostfile=
ranks=2
threads=1
interface=
while getopts f:r:t:i: option; do
    case $option in
    f) hostfile=$OPTARG ;;
    r) ranks=$OPTARG ;;
    t) threads=$OPTARG ;;
    i) interface=$OPTARG ;;
    *) sed -n 's/^# \{0,1\}//; 3,16p' "$0" >&2; exit 64 ;;
    esac
done
shift $((OPTIND - 1))
is_count "$ranks" || fail "-r '$ranks': not a whole number from 1" 64
is_count "$threads" || fail "-t '$threads': not a whole number from 1" 64
[ -z "$hostfile" ] || [ -r "$hostfile" ] || fail "-f '$hostfile': cannot be read" 66

# A name relative to this script, so that it can be started from anywhere.
parallax=${PARALLAX:-$(dirname -- "$(readlink -f -- "$0")")/../parallax}
[ $# -gt 0 ] || set -- run reduce prime_sieve -n 1e9 -m mpi

# OpenMP: as many threads as the rank has cores, each on its own, near each other. -x sends them to all machines.
export OMP_NUM_THREADS="$threads" OMP_PLACES=cores OMP_PROC_BIND=close
set -- -x OMP_NUM_THREADS -x OMP_PLACES -x OMP_PROC_BIND "$parallax" "$@"

# One setting is for the data, the other for mpirun's own words: they must name the same network.
[ -z "$interface" ] || set -- --mca btl_tcp_if_include "$interface" --mca oob_tcp_if_include "$interface" "$@"
[ -z "$hostfile" ] || set -- --hostfile "$hostfile" "$@"

# So many ranks on each machine, each on so many cores of its own.
exec mpirun --map-by "ppr:$ranks:node:PE=$threads" --bind-to core "$@" </dev/null
