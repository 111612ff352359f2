warning \(narrow-mask\): this process: 2 threads, and the affinity mask has 1 of [0-9]+ cores? \(ONE\)
    mend: -w 1.*
