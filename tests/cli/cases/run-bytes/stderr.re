parallax: --bytes 'fold': exists; --force replaces it
parallax: --bytes '/dev/full': writing failed: No space left on device
parallax: --bytes: not allowed with pattern 'batch' and kernel 'square': a stream is written once; it does not go with --repeat
parallax: --bytes 'new': not allowed; -o names the same file
parallax: item 0 failed: .*
