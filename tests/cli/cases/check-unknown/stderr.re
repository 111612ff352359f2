parallax: kernel 'squares': unknown; there are: .*
