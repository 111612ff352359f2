(?s)parallax: --bind 'core': not allowed; model 'pthread' is one process, and only ranks are bound
parallax: --bind 'none': not allowed; model 'serial' is one process, and only ranks are bound
parallax: --bind 'socket': not allowed; it takes core or none
parallax: --bind 'core': not allowed; .*parallax: --bind 'none': not allowed under a launcher, which binds the ranks itself
.*
