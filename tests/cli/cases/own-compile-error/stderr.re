(?s).*mine.c:[0-9]+:.*error.*nothing.*
parallax: kernel './mine.c': cc could not compile it
