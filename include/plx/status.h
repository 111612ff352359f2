/* SPDX-License-Identifier: MIT */
/* plx/status.h: how a call ended: every status with its name, its text and its exit code. */
#ifndef PLX_STATUS_H
#define PLX_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#ifndef PLX_API
#define PLX_API __attribute__((visibility("default")))
#endif

/**
 * Every status with the exit code that the command gives for it, by weight: of several ranks'
 * statuses the worst is the maximum. The exit codes are those of sysexits.h.
 */
#define PLX_STATUS_LIST(X)                                                           \
    X(OK, 0, "done")                                                                 \
    X(ITEM_FAILED, 1, "an item failed")                                              \
    X(STOPPED, 75, "stopped before the end; try again")                              \
    X(TIMED_OUT, 75, "not ready in time; try again")                                 \
    X(BAD_JOB, 64, "a name or a job is not well formed")                             \
    X(BAD_KERNEL, 65, "the kernel is not well formed")                               \
    X(REFUSED, 65, "the kernel refused the job")                                     \
    X(TOO_BIG, 65, "a size or count is beyond what can be handled")                  \
    X(NO_INPUT, 66, "an input is missing or cannot be read")                         \
    X(MISMATCH, 78, "ranks, kernel or parameters do not fit together")               \
    X(UNSUPPORTED, 69, "this model or pattern is not offered by this build")         \
    X(BUSY, 70, "the team is running another call")                                  \
    X(IO, 74, "a write or sync failed")                                              \
    X(NO_MEMORY, 71, "out of memory")                                                \
    X(SYSTEM, 71, "a system call failed")                                            \
    X(INTERNAL, 70, "a fault inside the library")

#define PLX_STATUS_ENUM(name, code, text) PLX_##name,
typedef enum plx_status { PLX_STATUS_LIST(PLX_STATUS_ENUM) PLX_STATUSES } plx_status;

/**
 * A status's name without PLX_, its text, and the command's exit code. Any int is taken; unknown
 * ones are "INTERNAL".
 */
PLX_API const char *plx_status_name(plx_status);
PLX_API const char *plx_status_text(plx_status);
PLX_API int plx_status_exit(plx_status);

#ifdef __cplusplus
}
#endif
#endif
