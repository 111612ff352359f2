/* SPDX-License-Identifier: MIT */
/*
 * cli/equal.h: do two files hold the same bytes?
 */
#ifndef PLX_CLI_EQUAL_H
#define PLX_CLI_EQUAL_H

/** 1: the same bytes to their ends; 0: others; -1: errno says why that is not known. */
int plx_equal_files(const char *path, const char *other);

#endif
