/* SPDX-License-Identifier: MIT */
/*
 * core/object.c: a kernel from a shared object: read once, checked, loaded from memory.
 *
 * The file is read through one descriptor, so that what is checked is what is loaded, whatever
 * happens to its name meanwhile. Every process loads from memory, also where there is only one: no
 * second way. Under MPI the bytes are rank 0's; a fault of one rank is everybody's, in its words.
 */
#define _GNU_SOURCE /* memfd_create, dladdr1 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/elf.h"
#include "core/team.h"
#include "plx/object.h"

#define SYMBOL "plx_kernel_v1"
enum { MOST_BYTES = 1 << 28, WHY = 108 };

struct plx_object {
    void *handle;
    plx_kernel kernel;
};

/* A file's bytes with what became of getting them; rank 0's travels. */
typedef struct content {
    plx_status status;
    size_t size;
    char why[WHY];
} content;

static plx_status say(char why[WHY], plx_status status, const char *text)
{
    plx_check_say(why, "%s", text);
    return status;
}

static plx_status say_errno(char why[WHY], plx_status status, const char *what)
{
    plx_check_say(why, "%s: %s", what, strerror(errno));
    return status;
}

static plx_status check_file(int file, size_t *size, char why[WHY])
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return say_errno(why, PLX_NO_INPUT, "cannot be read");
    if (!S_ISREG(about.st_mode))
        return say(why, PLX_NO_INPUT, "it is no file");
    if (about.st_mode & S_IWOTH)
        return say(why, PLX_BAD_KERNEL, "everybody may write to it; chmod o-w mends that");
    if (about.st_size > MOST_BYTES)
        return say(why, PLX_BAD_KERNEL, "it is larger than 256 MiB");
    *size = (size_t)about.st_size;
    return PLX_OK;
}

static plx_status read_all(int file, unsigned char *bytes, size_t size, char why[WHY])
{
    for (size_t got = 0; got < size;) {
        ssize_t more = read(file, bytes + got, size - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return say_errno(why, PLX_NO_INPUT, "cannot be read");
        if (more == 0)
            return say(why, PLX_BAD_KERNEL, "it changed while it was read");
        got += (size_t)more;
    }
    return PLX_OK;
}

static plx_status read_file(int file, unsigned char **bytes, content *told)
{
    told->status = check_file(file, &told->size, told->why);
    if (told->status != PLX_OK)
        return told->status;
    *bytes = malloc(told->size + 1);
    if (!*bytes)
        return say(told->why, PLX_NO_MEMORY, plx_status_text(PLX_NO_MEMORY));
    told->status = read_all(file, *bytes, told->size, told->why);
    if (told->status == PLX_OK && !plx_elf_check(*bytes, told->size, "plx_", told->why))
        return PLX_BAD_KERNEL;
    return told->status;
}

/* A pipe by that name must not make us wait. */
static void read_path(const char *path, unsigned char **bytes, content *told)
{
    if (!path || !strchr(path, '/')) {
        told->status = say(told->why, PLX_BAD_JOB, "a path needs a slash");
        return;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        told->status = say_errno(told->why, PLX_NO_INPUT, "cannot be read");
        return;
    }
    told->status = read_file(file, bytes, told);
    close(file);
}

static plx_status fill_memory(int memory, const unsigned char *bytes, size_t size, char why[WHY])
{
    for (size_t put = 0; put < size;) {
        ssize_t more = write(memory, bytes + put, size - put);
        if (more < 0 && errno != EINTR)
            return say_errno(why, PLX_SYSTEM, "no memory to load it from");
        put += more > 0 ? (size_t)more : 0;
    }
    return PLX_OK;
}

/* The loader knows a library by its name, and would give back the one that had this descriptor's
   before: so a number is taken by whose name nothing is loaded. */
static bool name_memory(int *memory, char path[40])
{
    for (void *other;;) {
        snprintf(path, 40, "/proc/self/fd/%d", *memory);
        other = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
        if (!other)
            return true;
        dlclose(other);
        int next = fcntl(*memory, F_DUPFD_CLOEXEC, *memory + 1);
        if (next < 0)
            return false;
        close(*memory);
        *memory = next;
    }
}

/* What the loader says begins with that name, which means nothing to a user: it is cut off. */
static plx_status open_memory(int *memory, void **handle, char why[WHY])
{
    char path[40];
    if (!name_memory(memory, path))
        return say_errno(why, PLX_SYSTEM, "no descriptor to load it from");
    *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (*handle)
        return PLX_OK;
    const char *text = dlerror(), *rest = strstr(text, path);
    plx_check_say(why, "it cannot be loaded%.90s", rest ? rest + strlen(path) : "");
    return PLX_BAD_KERNEL;
}

/* The symbol's size is the compiler's own: the kernel's `size` may not claim more. */
static plx_status find_kernel(void *handle, const plx_kernel **kernel, char why[WHY])
{
    Dl_info where;
    void *details = NULL;
    *kernel = dlsym(handle, SYMBOL);
    if (!*kernel)
        return say(why, PLX_BAD_KERNEL, "it does not export " SYMBOL);
    if (!dladdr1(*kernel, &where, &details, RTLD_DL_SYMENT) || !details)
        return say(why, PLX_BAD_KERNEL, "its " SYMBOL " is no object");
    const ElfW(Sym) *symbol = details;
    const bool aligned = (uintptr_t)*kernel % _Alignof(plx_kernel) == 0;
    if (!aligned || symbol->st_size < sizeof((*kernel)->size) || symbol->st_size < (*kernel)->size)
        return say(why, PLX_BAD_KERNEL, "its " SYMBOL " is no plx_kernel");
    return PLX_OK;
}

static plx_status load(plx_object *object, const unsigned char *bytes, size_t size, char why[WHY])
{
    const plx_kernel *kernel;
    int memory = memfd_create(SYMBOL, MFD_CLOEXEC);
    if (memory < 0)
        return say_errno(why, PLX_SYSTEM, "no memory to load it from");
    plx_status status = fill_memory(memory, bytes, size, why);
    if (status == PLX_OK)
        status = open_memory(&memory, &object->handle, why);
    close(memory);
    if (status == PLX_OK)
        status = find_kernel(object->handle, &kernel, why);
    if (status == PLX_OK)
        status = plx_check_kernel(kernel, PLX_FAN, &object->kernel, why);
    if (status == PLX_OK && !plx_check_fields(&object->kernel, why))
        status = PLX_BAD_KERNEL;
    return status;
}

static bool has_ranks(const plx_team *team)
{
    return team && team->model->tell;
}

/* The worst of all ranks', and the words of the lowest rank that has it. */
static plx_status agree(plx_team *team, plx_status mine, char why[WHY])
{
    if (!has_ranks(team))
        return mine;
    plx_status worst = team->model->agree(team, mine);
    if (worst != PLX_OK)
        team->model->tell(team, team->model->lowest(team, mine == worst), why, WHY);
    return worst;
}

/* Rank 0's bytes, or its fault, on every rank. */
static plx_status share(plx_team *team, unsigned char **bytes, content *told)
{
    if (!has_ranks(team))
        return told->status;
    team->model->tell(team, 0, told, sizeof *told);
    if (told->status != PLX_OK)
        return told->status;
    if (team->rank != 0)
        *bytes = malloc(told->size + 1);
    plx_status mine = *bytes ? PLX_OK : say(told->why, PLX_NO_MEMORY, "out of memory");
    plx_status status = agree(team, mine, told->why);
    if (status == PLX_OK)
        team->model->tell(team, 0, *bytes, told->size);
    return status;
}

static plx_status open_object(plx_team *team, const char *path, plx_object *object, char why[WHY])
{
    unsigned char *bytes = NULL;
    content told = {.status = PLX_OK};
    if (!team || team->rank == 0)
        read_path(path, &bytes, &told);
    plx_status status = share(team, &bytes, &told);
    memcpy(why, told.why, WHY);
    if (status == PLX_OK) {
        status = object ? load(object, bytes, told.size, why)
                        : say(why, PLX_NO_MEMORY, plx_status_text(PLX_NO_MEMORY));
        status = agree(team, status, why);
    }
    free(bytes);
    return status;
}

plx_status plx_object_open(plx_team *team, const char *path, plx_object **object, char *why,
                           size_t why_size)
{
    char words[WHY] = "";
    plx_object *opened = calloc(1, sizeof *opened);
    plx_status status = team && team->apart[0] ? say(words, PLX_MISMATCH, team->apart)
                                               : open_object(team, path, opened, words);
    if (status != PLX_OK) {
        plx_object_close(opened);
        opened = NULL;
    }
    *object = opened;
    if (why_size)
        snprintf(why, why_size, "%s", words);
    return status;
}

const plx_kernel *plx_object_kernel(const plx_object *object)
{
    return &object->kernel;
}

void plx_object_close(plx_object *object)
{
    if (object && object->handle)
        dlclose(object->handle);
    free(object);
}
