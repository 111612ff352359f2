/* SPDX-License-Identifier: MIT */
/*
 * wide.c: asks the CPU once for each call. The compiler's own runtime has read CPUID (and, for the
 * wide registers, what the operating system saves) before main, so nothing is cached here and no
 * thread can see half an answer.
 */
#include "kernels/wide.h"

int plx_wide_level(void)
{
#if PLX_WIDE_X86
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return PLX_WIDE_AVX512;
    if (__builtin_cpu_supports("avx2"))
        return PLX_WIDE_AVX2;
#endif
    return PLX_WIDE_BASE;
}
