/* SPDX-License-Identifier: MIT */
/*
 * cli/check.c: `parallax check`: does a kernel keep the laws of kernels? One call, print.
 *
 * It runs a stranger's code in this process, so it may crash: then a line still tells where, and
 * the signal ends the process as it would have. Who wants to live on makes it a process of its own.
 */
#define _POSIX_C_SOURCE 200809L
#define _XOPEN_SOURCE   700 /* sigaltstack */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "compare/laws/laws.h"
#include "error.h"
#include "generate.h"
#include "json.h"
#include "kernel_file.h"
#include "names.h"
#include "number.h"
#include "option_rows.h"
#include "place.h"
#include "run.h"
#include "type.h"

typedef struct request {
    plx_cli_ask ask;
    int limit;
} request;

#define AT(field) offsetof(request, field)

static const plx_cli_option options[] = {
    {"items", 'n', "N", "items of the job, of which a few blocks are run (default: all of -i)",
     plx_cli_set_size, AT(ask.n), 0, PLX_CLI_COUNT_MAX, false},
    PLX_ROWS_PARAM(AT(ask.params)),
    {"input", 'i', "FILE", "the items, as for `parallax run`", plx_cli_set_text, AT(ask.input), 0,
     0, false},
    {"seed", 0, "S", "of the input that is made without -i (default 1)", plx_cli_set_u64,
     AT(ask.seed), 0, UINT64_MAX, false},
    {"limit", 0, "S",
     "begin nothing new after so many seconds (default 1); a call may take ten times that",
     plx_cli_set_int, AT(limit), 1, 604800, false},
    {"json", 0, NULL, "print one JSON object", plx_cli_set_flag, AT(ask.json), 0, 0, false},
    {0}};

static const plx_cli_command command = {
    .name = "check",
    .usage = "check KERNEL [options]",
    .about = "Run a few blocks of a kernel again and again, each time with one thing changed that\n"
             "must not matter, and name the law that is broken: exit code 65. KERNEL is a name,\n"
             "or a file: ./k.c or ./k.so.",
    .options = options,
};

/* ---- a crash */

static const struct {
    int number;
    const char *name;
} signals[] = {{SIGSEGV, "SIGSEGV"},
               {SIGBUS, "SIGBUS"},
               {SIGFPE, "SIGFPE"},
               {SIGILL, "SIGILL"},
               {SIGABRT, "SIGABRT"}};
enum { SIGNALS = sizeof signals / sizeof *signals };

static plx_laws_result found;     /* what the handler can reach */
static const char *crashed = "?"; /* the kernel's name */
static unsigned patience_s;       /* a call that takes longer does not end */

static size_t put(char *line, size_t at, const char *text)
{
    while (*text && at < 255)
        line[at++] = *text++;
    return at;
}

/* Nothing of ours can be trusted any more: no handler at exit, no flush. */
static void say(char line[256], size_t size)
{
    line[size++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, size);
    (void)ignored;
    _exit(PLX_EXIT_DATA);
}

static void tell_crash(int number)
{
    char line[256];
    size_t at = put(line, 0, "parallax: kernel '");
    at = put(line, put(line, at, crashed), "': ");
    for (size_t i = 0; i < SIGNALS; i++)
        if (signals[i].number == number)
            at = put(line, at, signals[i].name);
    at = put(line, put(line, at, " in "), found.doing[0] ? found.doing : "a call of its own");
    say(line, at);
}

/* The same call as at the last alarm: it does not end. */
static void tell_hang(int number)
{
    static size_t calls = SIZE_MAX;
    char line[256];
    (void)number;
    if (found.calls == calls && found.doing[0]) {
        size_t at = put(line, put(line, 0, "parallax: kernel '"), crashed);
        at = put(line, put(line, at, "': has not returned (--limit gives it more time) from "),
                 found.doing);
        say(line, at);
    }
    calls = found.calls;
    alarm(patience_s);
}

/* On a stack of its own: a kernel may have used up the usual one. */
static void watch(const plx_kernel *kernel, int limit_s)
{
    static char room[65536];
    const stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    struct sigaction action = {.sa_handler = tell_crash};
    action.sa_flags = (int)(SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
    sigemptyset(&action.sa_mask);
    crashed = kernel->name;
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i].number, &action, NULL);
    action.sa_handler = tell_hang;
    action.sa_flags = (int)SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    patience_s = 10 * (unsigned)(limit_s > 0 ? limit_s : 1);
    alarm(patience_s);
}

/* ---- the check */

static plx_status give_items(void *user, size_t lo, size_t hi, size_t *at, void *in)
{
    const plx_cli_work *work = user;
    const plx_kernel *kernel = work->ask->kernel;
    if (kernel->in_size == PLX_VARIES) {
        for (size_t i = lo; i <= hi; i++)
            at[i - lo] = work->at[i] - work->at[lo];
        if (in != NULL)
            memcpy(in, (const char *)work->in + work->at[lo], at[hi - lo]);
    } else if (work->in != NULL) {
        memcpy(in, (const char *)work->in + lo * kernel->in_size, (hi - lo) * kernel->in_size);
    } else {
        size_t values = kernel->in_size / plx_cli_type_of(kernel->in_type)->size;
        plx_generate_values(kernel->in_type, work->ask->seed, lo * values, (hi - lo) * values, in);
    }
    return PLX_OK;
}

/* How many items to check it with if nobody says so: fewer if it does not take as many. */
static plx_status check_some(plx_laws_plan *plan)
{
    static const size_t some[] = {100000, 1000, 10, 1};
    plx_status status = PLX_REFUSED;
    for (size_t i = 0; status == PLX_REFUSED && i < sizeof some / sizeof *some; i++) {
        plan->n = some[i];
        status = plx_laws_check(plan, &found);
    }
    return status;
}

/* What run would take: all of a file, or what the parameters imply. */
static int check_kernel(request *asked, plx_cli_work *work, size_t *n)
{
    plx_cli_ask *ask = &asked->ask;
    const plx_kernel *kernel = ask->kernel;
    if (ask->n == PLX_CLI_UNTOLD && ask->input == NULL && kernel->items && kernel->items(ask->ctx))
        ask->n = kernel->items(ask->ctx);
    /* What is streamed stays where it is; lines are needed in memory. */
    ask->streams = kernel->in_size != PLX_VARIES;
    work->ask = ask;
    int code = plx_cli_work_input(work);
    if (code != 0)
        return code;
    plx_laws_plan plan = {.kernel = kernel,
                          .ctx = ask->ctx,
                          .n = work->n,
                          .items = give_items,
                          .user = work,
                          .limit_s = asked->limit};
    watch(kernel, asked->limit);
    plx_status status =
        work->n == PLX_CLI_UNTOLD ? check_some(&plan) : plx_laws_check(&plan, &found);
    *n = plan.n;
    if (status == PLX_OK)
        return 0;
    return plx_cli_error(plx_status_exit(status), "check: kernel '%s': %s", kernel->name,
                         found.why);
}

/* ---- what came of it */

static bool held(int law)
{
    return found.broken != law && found.applies[law] && found.checked[law] > 0;
}

/* Why nothing is said of a law. */
static const char *unknown(int law)
{
    if (!found.applies[law])
        return "does not apply";
    if (found.broken >= 0)
        return "not checked: another law is broken";
    return found.cut_short ? "not checked: the time was over" : "not checked: too few items";
}

static void print_text(const plx_kernel *kernel, size_t n)
{
    int holds = 0;
    for (int law = 0; law < PLX_LAWS; law++)
        holds += held(law);
    printf("%s: %d laws hold (%zu block%s of a job of %zu items, %.2f s)\n", kernel->name, holds,
           found.blocks, found.blocks == 1 ? "" : "s", n, found.elapsed_s);
    for (int law = 0; law < PLX_LAWS; law++)
        printf("  %-10s %s%s\n", plx_laws_name(law), held(law) ? "holds: " : "",
               held(law) ? plx_laws_about(law) : unknown(law));
}

static int print_json(const plx_kernel *kernel, size_t n, const char *broken)
{
    json_t *all = json_object(), *laws = json_array();
    for (int law = 0; law < PLX_LAWS; law++) {
        json_t *one = json_object();
        bool is_broken = found.broken == law, holds = held(law);
        json_object_set_new(one, "law", json_string(plx_laws_name(law)));
        json_object_set_new(one, "holds", holds || is_broken ? json_boolean(holds) : json_null());
        json_object_set_new(one, "checked", plx_cli_json_count(found.checked[law]));
        json_object_set_new(one, "why",
                            plx_cli_json_text(is_broken ? found.why
                                              : holds   ? NULL
                                                        : unknown(law)));
        json_array_append_new(laws, one);
    }
    json_object_set_new(all, "schema", json_string("parallax.check/1"));
    json_object_set_new(all, "kernel", plx_cli_json_text(kernel->name));
    json_object_set_new(all, "n", plx_cli_json_count(n));
    json_object_set_new(all, "blocks", plx_cli_json_count(found.blocks));
    json_object_set_new(all, "cut_short", json_boolean(found.cut_short));
    json_object_set_new(all, "elapsed_s", plx_cli_json_seconds(found.elapsed_s));
    json_object_set_new(all, "laws", laws);
    json_object_set_new(all, "broken", plx_cli_json_text(broken));
    return plx_cli_json_print(all);
}

static int print_found(const plx_cli_ask *ask, size_t n)
{
    char broken[320];
    snprintf(broken, sizeof broken, "law '%s' broken: %s", plx_laws_name(found.broken), found.why);
    int code = 0;
    if (ask->json)
        code = print_json(ask->kernel, n, found.broken < 0 ? NULL : broken);
    else if (found.broken < 0)
        print_text(ask->kernel, n);
    if (code == 0 && found.broken >= 0)
        code = plx_cli_error(plx_status_exit(PLX_BAD_KERNEL), "kernel '%s': %s", ask->kernel->name,
                             broken);
    else if (found.cut_short)
        plx_cli_note("cut short; --limit S gives it more time");
    return plx_cli_flush(code);
}

/* ---- the command line */

static int take_kernel(plx_cli_ask *ask, plx_object **object)
{
    int code = plx_cli_kernel_is_file(ask->kernel_name)
                   ? plx_cli_kernel_open(ask->kernel_name, NULL, object)
                   : plx_cli_find_kernel(ask->kernel_name, &ask->kernel);
    if (code == 0 && *object != NULL)
        ask->kernel = plx_object_kernel(*object);
    if (code == 0)
        code = plx_cli_set_params(ask->kernel, &ask->params, ask->ctx);
    if (code != 0)
        return code;
    if (ask->input != NULL && ask->kernel->in_size == 0)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "-i: not allowed with kernel '%s': it takes no input; it counts items "
                             "from 0",
                             ask->kernel->name);
    if (ask->input == NULL && ask->kernel->in_size == PLX_VARIES)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "-i: missing; kernel '%s' takes a text file, one item a line",
                             ask->kernel->name);
    return 0;
}

static int parse(request *asked, int argc, char **argv)
{
    int first, code = plx_cli_parse(&command, argc, argv, asked, &first);
    if (code != 0)
        return code;
    if (plx_cli_where().launched)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "check: is one process; run it without mpirun or srun");
    if (argc - first != 1)
        return plx_cli_error(PLX_EXIT_USAGE, "check: it takes one KERNEL; usage: parallax %s",
                             command.usage);
    asked->ask.kernel_name = argv[first];
    return 0;
}

int plx_cli_check(int argc, char **argv)
{
    request asked = {.ask = {.n = PLX_CLI_UNTOLD, .seed = 1}};
    plx_cli_work work = {0};
    plx_object *object = NULL;
    size_t n = 0;
    int code = parse(&asked, argc, argv);
    if (code == 0)
        code = take_kernel(&asked.ask, &object);
    if (code == 0)
        code = check_kernel(&asked, &work, &n);
    if (code == 0)
        code = print_found(&asked.ask, n);
    plx_cli_work_close(&work);
    plx_object_close(object);
    return code == PLX_CLI_DONE ? 0 : code;
}
