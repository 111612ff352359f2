parallax: --batch: not allowed .*
items          0 done, batches 0, of up to 3 items, guided
parallax: --batch: not allowed .*
items          2 done, batches 1, of up to 3 items, guided
items          0 done, blocks 0, of up to 1 items, guided
