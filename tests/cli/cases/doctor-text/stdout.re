parallax [0-9.]+

model         pthread
launched by   nobody: one process
mpi           .+
mpirun        .+

host .+
  machine     [0-9]+ cores?, [0-9]+ hardware threads?, [0-9]+ NUMA nodes?
  quota       .+
  work        1 rank, 1 thread in all, on [0-9]+ of the cores
  interfaces  .+
  limits      /dev/shm .+, stack .+, core file .+, processes .+

  rank  threads  cores  mask                  host
     0        1 +[0-9]+  [-0-9,.]+ +.+
(?s:(?:
warning .*?    mend: [^\n]+
)*)(?:
nothing to mend
)?(?s:(?:
note .*?    mend: [^\n]+
)*)