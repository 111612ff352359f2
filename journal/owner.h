/* SPDX-License-Identifier: MIT */
/*
 * journal/owner.h: the files of owners: owner.N, the highest counts.
 *
 * A file is written whole under a name that nobody reads, and gets its name by link(), which fails
 * if that is taken: so nobody sees half a file, and of two takers one wins, on NFS too.
 */
#ifndef PLX_JOURNAL_OWNER_H
#define PLX_JOURNAL_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "journal/journal.h"
#include "journal/process.h"

/** What an owner's file says. */
typedef struct plx_owner_file {
    plx_process who;
    char pids[40];                      /* the namespace that pid is one of */
    bool readable, held;
} plx_owner_file;

/** This process's. */
void plx_owner_file_self(plx_owner_file *, bool held);

/** Its process was one of this host and boot, under a number that means the same here. */
bool plx_owner_file_is_here(const plx_owner_file *);

/** Its words: a line for each field; room for 512 bytes. */
size_t plx_owner_file_text(const plx_owner_file *, char text[512]);

/** owner.N of the folder. Whatever cannot be understood is not readable. errno is 0, or why not. */
void plx_owner_file_read(int folder_fd, uint64_t number, plx_owner_file *);

/** Write it, synced, under a name of its own, which is returned. False: errno says why. */
bool plx_owner_file_make(int folder_fd, const plx_owner_file *, char name[64]);

/** The highest number among them; 0: there is none. False: the folder cannot be read. */
bool plx_owner_file_highest(int folder_fd, uint64_t *number);

/** Remove all owners below, and files that takers who died left behind a minute ago. */
void plx_owner_file_clean(int folder_fd, uint64_t below);

/** Seconds since its lease was renewed, by the file system's own clock. False: errno says why. */
bool plx_owner_file_age(int folder_fd, uint64_t number, double *age_s);

/** "owner.N". */
void plx_owner_file_name(uint64_t number, char name[64]);

/** As plx_owner_take, its lease renewed every so many seconds. */
plx_status plx_owner_take_for(plx_owner **, const char *folder, bool take_over, double keep_s,
                              char why[PLX_JOURNAL_WHY]);

/** Keep the lease of owner.N, which is ours, and its folder from here on. 0, or an errno: then it
    is given back. */
int plx_owner_begin(plx_owner **, int folder_fd, uint64_t number, double every_s);

#endif
