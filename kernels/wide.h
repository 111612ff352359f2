/* SPDX-License-Identifier: MIT */
/*
 * wide.h: which vectors this CPU has, for kernels that bring several paths of one body.
 *
 * A path is the same C, always inlined into functions that are compiled for wider vectors
 * (PLX_WIDE_AVX2_CODE, PLX_WIDE_AVX512_CODE); the build itself stays portable. A kernel keeps its
 * paths in a table `plx_<kernel>_paths[PLX_WIDE_LEVELS]`, NULL where this build has none, and takes
 * the entry at plx_wide_level(). Every path must give the same bytes.
 *
 * Not ifunc and not target_clones: their resolvers run before the program has been relocated and
 * before a sanitizer's runtime is up (ThreadSanitizer crashes in them), not every libc has them,
 * and a test could not call the paths that this machine would not take.
 */
#ifndef PLX_WIDE_H
#define PLX_WIDE_H

/* Each level has all that the levels below it have. AVX512: F, BW, DQ and VL. */
enum { PLX_WIDE_BASE, PLX_WIDE_AVX2, PLX_WIDE_AVX512, PLX_WIDE_LEVELS };

#if defined __x86_64__ && defined __GNUC__
#define PLX_WIDE_X86 1
#define PLX_WIDE_AVX2_CODE __attribute__((target("avx2")))
#define PLX_WIDE_AVX512_CODE __attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl")))
#define PLX_WIDE_ON_X86(...) __VA_ARGS__
#else
#define PLX_WIDE_X86 0
#define PLX_WIDE_ON_X86(...)
#endif

/* The body that paths share: one copy in each of them, with their instructions. */
#define PLX_WIDE_BODY static inline __attribute__((always_inline))

/** The best level that this CPU, its operating system and this build have; costs a few loads. */
int plx_wide_level(void);

/*
 * The three paths of a kernel's fold or map, its table of them, and the function that takes the
 * best. BODY(block, acc, level) or BODY(block, level) is a PLX_WIDE_BODY; its level is a constant.
 */
#define PLX_WIDE_FOLD(kernel, BODY)                                                                \
    static void fold_base(const plx_block *b, void *acc) { BODY(b, acc, PLX_WIDE_BASE); }          \
    PLX_WIDE_ON_X86(                                                                               \
    PLX_WIDE_AVX2_CODE                                                                             \
    static void fold_avx2(const plx_block *b, void *acc) { BODY(b, acc, PLX_WIDE_AVX2); }          \
    PLX_WIDE_AVX512_CODE                                                                           \
    static void fold_avx512(const plx_block *b, void *acc) { BODY(b, acc, PLX_WIDE_AVX512); })     \
    extern void (*const plx_##kernel##_paths[PLX_WIDE_LEVELS])(const plx_block *, void *);         \
    void (*const plx_##kernel##_paths[PLX_WIDE_LEVELS])(const plx_block *, void *) = {             \
        fold_base, PLX_WIDE_ON_X86(fold_avx2, fold_avx512) };                                      \
    static void fold(const plx_block *b, void *acc)                                                \
    {                                                                                              \
        plx_##kernel##_paths[plx_wide_level()](b, acc);                                            \
    }

#define PLX_WIDE_MAP(kernel, BODY)                                                                 \
    static void map_base(const plx_block *b) { BODY(b, PLX_WIDE_BASE); }                           \
    PLX_WIDE_ON_X86(                                                                               \
    PLX_WIDE_AVX2_CODE static void map_avx2(const plx_block *b) { BODY(b, PLX_WIDE_AVX2); }        \
    PLX_WIDE_AVX512_CODE static void map_avx512(const plx_block *b) { BODY(b, PLX_WIDE_AVX512); }) \
    extern void (*const plx_##kernel##_paths[PLX_WIDE_LEVELS])(const plx_block *);                 \
    void (*const plx_##kernel##_paths[PLX_WIDE_LEVELS])(const plx_block *) = {                     \
        map_base, PLX_WIDE_ON_X86(map_avx2, map_avx512) };                                         \
    static void map(const plx_block *b)                                                            \
    {                                                                                              \
        plx_##kernel##_paths[plx_wide_level()](b);                                                 \
    }

#endif
