(parallax: item 0 failed: [^\n]*
){2}parallax: map: wait: parameter ms must be [^\n]*
