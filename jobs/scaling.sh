#!/bin/sh
# SPDX-License-Identifier: MIT
# The same work on 1, 2, 4 ... nodes, a Slurm job each, and one table of their times:
#
#   jobs/scaling.sh 16 scaling run reduce prime_sieve -n 1e13 -m mpi+omp
#   jobs/scaling.sh table scaling
#
# scaling.sh [SBATCH-OPTION ...] NODES FOLDER [WORDS ...] submits jobs/slurm.sbatch with 1, 2, 4 ... up to NODES
# nodes, waits for all and prints workers, time, speed-up over the smallest run and efficiency. Ranks and cores of
# a node, time and queue are the script's #SBATCH lines; options, each one word such as --time=00:10:00, change
# them. FOLDER, which must be new, gets nodes-N.json and nodes-N.log. If this script is stopped the jobs go on:
# `table FOLDER` joins later what has ended.
set -eu

here=$(dirname -- "$(readlink -f -- "$0")")
fail() {
    echo "jobs/scaling.sh: $1" >&2
    exit "$2"
}

# One number of a run's JSON, which is one line; nothing if there is none.
number() { grep -o "\"$1\":[0-9.e+-]*" "$2" | sed -n '1s/.*://p'; }

# A row for each run, by nodes. A run that failed has no result and gets the words of its log's name instead.
table() {
    for file in "$1"/nodes-*.json; do
        [ -e "$file" ] || fail "no runs in '$1'" 66
        nodes=${file##*-}
        echo "${nodes%.json} $(number workers "$file") $(number elapsed_s "$file")"
    done | sort -n | awk -v folder="$1" '
        BEGIN { print "nodes workers   elapsed_s  speed-up  efficiency" }
        NF < 3 { printf "%5d  failed: %s/nodes-%d.log\n", $1, folder, $1; failed = 1; next }
        base == 0 { base = $3; workers = $2 }
        { printf "%5d %7d %11.6g %9.2f %10.1f%%\n", $1, $2, $3, base / $3, 100 * base * workers / ($3 * $2) }
        END { exit failed }'
}

if [ "${1-}" = table ]; then
    [ $# = 2 ] || fail "table FOLDER" 64
    table "$2"
    exit
fi
options=
while case ${1-} in --*=*) true ;; *) false ;; esac do
    options="$options $1"
    shift
done
[ $# -ge 2 ] || fail "[SBATCH-OPTION ...] NODES FOLDER [WORDS ...], or: table FOLDER" 64
case $1 in '' | *[!0-9]* | 0*) fail "NODES '$1': not a whole number from 1" 64 ;; esac
most=$1
folder=$2
shift 2
[ $# -gt 0 ] || set -- run reduce prime_sieve -n 1e10 -m mpi+omp
mkdir -- "$folder" || fail "FOLDER '$folder': cannot be made" 73

# No second start: it would add a second result to the file.
nodes=1
while [ "$nodes" -le "$most" ]; do
    # shellcheck disable=SC2086 # a list of words
    sbatch --wait $options --nodes="$nodes" --no-requeue --open-mode=truncate --job-name="parallax-$nodes" \
        --output="$folder/nodes-$nodes.json" --error="$folder/nodes-$nodes.log" \
        "$here/slurm.sbatch" "$@" --json >"$folder/nodes-$nodes.submitted" </dev/null &
    nodes=$((nodes * 2))
done
wait
table "$folder"
