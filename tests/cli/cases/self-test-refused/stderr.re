parallax: compare --self-test: 'busy' is one too many; the kernel is always busy
parallax: --trials '0': not allowed; it takes a whole number from 1 to 100000
parallax: compare --self-test: '--models' is no option; .*
parallax: --budget '0s': not allowed; .*
parallax: compare --self-test: --budget 0.001s: two rounds need about .* s
