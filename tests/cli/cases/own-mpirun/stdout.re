("digest":"[0-9a-f]{16}"
)"ranks":3
\1\1