parallax: compare: --load 'a\.json': no JSON: line 1, column [0-9]+: .*
