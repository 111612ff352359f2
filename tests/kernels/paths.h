/* SPDX-License-Identifier: MIT */
/*
 * paths.h: a kernel's paths for narrow and wide vectors, each as a kernel of its own that a Drive
 * can drive: so also those are run that this machine would not take by itself.
 */
#ifndef PATHS_H
#define PATHS_H

#include "drive.h"

extern "C" {
#include "kernels/wide.h"
}

using FoldPath = void (*)(const plx_block *, void *);
using MapPath = void (*)(const plx_block *);

/* BASE first; levels that this CPU lacks are left out. */
inline std::vector<plx_kernel> paths_of(const char *name, const FoldPath *fold, const MapPath *map)
{
    std::vector<plx_kernel> all;
    for (int level = 0; level <= plx_wide_level(); level++) {
        plx_kernel path = *plx_kernel_find(name);
        if (fold)
            path.fold = fold[level];
        else
            path.map = map[level];
        all.push_back(path);
    }
    return all;
}

#endif
