/* SPDX-License-Identifier: MIT */
/*
 * cli/npy.c: .npy files on disk: mapped for reading; a header for writing.
 *
 * Nothing is copied unless a header of odd length leaves the values unaligned.
 */
#define _POSIX_C_SOURCE 200809L
#include "npy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "type.h"

/* A regular file's length; O_NONBLOCK so that a FIFO is refused instead of waited for. */
static int open_regular(const char *path, int *fd, size_t *size)
{
    struct stat st;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': is %s; it takes a .npy file", path,
                             S_ISDIR(st.st_mode) ? "a folder" : "no regular file");
    if (st.st_size == 0)
        return plx_cli_error(PLX_EXIT_DATA, "-i '%s': it is empty; it takes a .npy file", path);
    *size = (size_t)st.st_size;
    return 0;
}

static int align_values(plx_npy_input *input, const char *path)
{
    size_t size = plx_cli_type_of(input->header.type)->size;
    const char *values = (const char *)input->map + input->header.data;
    input->values = values;
    if ((uintptr_t)values % size == 0)
        return 0;
    input->copy = malloc(input->header.values * size + 1);
    if (input->copy == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "-i '%s': no memory for its %zu values", path,
                             input->header.values);
    memcpy(input->copy, values, input->header.values * size);
    input->values = input->copy;
    return 0;
}

static int read_header(plx_npy_input *input, const char *path, int fd, size_t size)
{
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': cannot be mapped: %s", path,
                             strerror(errno));
    input->map = map;
    input->map_size = size;
    const char *why = plx_npy_parse(map, size, &input->header);
    if (why != NULL)
        return plx_cli_error(PLX_EXIT_DATA, "-i '%s': %s", path, why);
    return align_values(input, path);
}

int plx_npy_open(plx_npy_input *input, const char *path)
{
    int fd = -1;
    size_t size = 0;
    *input = (plx_npy_input){ 0 };
    int code = open_regular(path, &fd, &size);
    if (code == 0)
        code = read_header(input, path, fd, size);
    if (fd >= 0)
        close(fd);
    return code;
}

void plx_npy_close(plx_npy_input *input)
{
    if (input->map != NULL)
        munmap(input->map, input->map_size);
    free(input->copy);
    *input = (plx_npy_input){ 0 };
}

size_t plx_npy_header(char header[PLX_NPY_HEADER_MAX], plx_type type, size_t n)
{
    int dict = snprintf(header + 10, PLX_NPY_HEADER_MAX - 10,
                        "{'descr': '%s', 'fortran_order': False, 'shape': (%zu,), }",
                        plx_cli_type_of(type)->descr, n);
    size_t used = 10 + (size_t)dict, length = (used + 1 + 63) / 64 * 64;
    memset(header + used, ' ', length - used);
    header[length - 1] = '\n';
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = (char)((length - 10) & 0xff);
    header[9] = (char)((length - 10) >> 8);
    return length;
}
