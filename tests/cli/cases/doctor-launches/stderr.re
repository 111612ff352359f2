(parallax: note: .*
)*