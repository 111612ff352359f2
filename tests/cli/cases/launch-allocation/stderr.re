(parallax: note: running as root: .*
)*parallax: --bind 'core': not allowed with --oversubscribe in an allocation
(parallax: note: running as root: .*
)*