parallax: doctor: 'now' is one too many; it takes options only
parallax: .*openmp.*
parallax: --ranks '2': not allowed; model 'pthread' is one process
