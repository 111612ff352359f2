/* SPDX-License-Identifier: MIT */
/* core/elf.h: looking into a shared object's bytes before the loader trusts them. */
#ifndef PLX_CORE_ELF_H
#define PLX_CORE_ELF_H

#include <stdbool.h>
#include <stddef.h>

/**
 * True if the bytes are a whole shared object for this machine that leaves no symbol undefined
 * whose name begins with prefix. Else why says in one line what is wrong.
 */
bool plx_elf_check(const void *bytes, size_t size, const char *prefix, char why[108]);

#endif
