(parallax: --ranks '[0-9]+': not allowed; there (are [0-9]+ cores|is 1 core); --oversubscribe lets ranks share them
){2}parallax: note: [0-9]+ processes of 1 threads share [0-9]+ cores: times will say little
parallax: note: [0-9]+ processes of 1 threads share the [0-9]+ cores of this host: times will say little
parallax: --oversubscribe: not allowed; model 'serial' is one process
