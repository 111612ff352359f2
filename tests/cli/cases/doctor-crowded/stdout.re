warning \(oversubscribed\)
: [0-9]+ ranks
mend: mpirun -n
