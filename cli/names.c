/* SPDX-License-Identifier: MIT */
/*
 * cli/names.c: looking words up. A word is taken in full and as it is: no abbreviation, no other
 * case.
 *
 * Whoever mistypes one is shown all that there is, in the same line.
 */
#include "names.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

enum { LIST_SIZE = 600 };

static const char *const schedules[] = {
    [PLX_GUIDED] = "guided", [PLX_STATIC] = "static", [PLX_DYNAMIC] = "dynamic"};
enum { SCHEDULES = sizeof schedules / sizeof *schedules };

static void add_name(char list[LIST_SIZE], const char *name)
{
    size_t used = strlen(list);
    snprintf(list + used, LIST_SIZE - used, "%s%s", used > 0 ? ", " : "", name);
}

const char *plx_cli_schedule_name(plx_schedule schedule)
{
    return (size_t)schedule < SCHEDULES ? schedules[schedule] : "?";
}

int plx_cli_find_schedule(const char *text, plx_schedule *schedule)
{
    for (size_t i = 0; i < SCHEDULES; i++)
        if (strcmp(text, schedules[i]) == 0) {
            *schedule = (plx_schedule)i;
            return 0;
        }
    return plx_cli_error(PLX_EXIT_USAGE,
                         "--schedule '%s': not allowed; it takes guided, static or dynamic", text);
}

int plx_cli_find_pattern(const char *text, plx_pattern *pattern)
{
    char list[LIST_SIZE] = "";
    for (int i = 0; i < PLX_PATTERNS; i++) {
        const char *name = plx_pattern_name((plx_pattern)i);
        if (strcmp(text, name) == 0) {
            *pattern = (plx_pattern)i;
            return 0;
        }
        add_name(list, name);
    }
    return plx_cli_error(PLX_EXIT_USAGE, "pattern '%s': unknown; there are: %s", text, list);
}

int plx_cli_find_kernel(const char *text, const plx_kernel **kernel)
{
    char list[LIST_SIZE] = "";
    *kernel = plx_kernel_find(text);
    if (*kernel != NULL)
        return 0;
    for (size_t i = 0; plx_kernel_at(i) != NULL; i++)
        add_name(list, plx_kernel_at(i)->name);
    return plx_cli_error(PLX_EXIT_USAGE,
                         "kernel '%s': unknown; there are: %s; a file needs a slash, as in ./k.c",
                         text, list);
}

static bool look_up_model(const char *text, plx_model_info *info, char list[LIST_SIZE])
{
    for (size_t i = 0; plx_model_at(i, info); i++) {
        if (strcmp(text, info->name) == 0)
            return true;
        add_name(list, info->name);
    }
    return false;
}

int plx_cli_find_model(const char *text, plx_pattern pattern, plx_model_info *info)
{
    char list[LIST_SIZE] = "";
    const char *why = NULL;
    if (!look_up_model(text, info, list))
        return plx_cli_error(PLX_EXIT_USAGE, "model '%s': unknown; there are: %s", text, list);
    if (!info->available)
        return plx_cli_error(PLX_EXIT_MISSING, "model '%s': not available: %s", text, info->why);
    if (!plx_offers(info->name, pattern, &why))
        return plx_cli_error(PLX_EXIT_MISSING, "model '%s': does not offer %s: %s", text,
                             plx_pattern_name(pattern), why);
    return 0;
}

const char *plx_cli_default_model(void)
{
    plx_model_info info;
    for (size_t i = 0; plx_model_at(i, &info); i++)
        if (strcmp(info.name, "omp") == 0 && info.available)
            return "omp";
    return "pthread";
}

int plx_cli_check_fit(const plx_kernel *kernel, plx_pattern pattern)
{
    char list[LIST_SIZE] = "";
    if (plx_kernel_fits(kernel, pattern))
        return 0;
    for (int i = 0; i < PLX_PATTERNS; i++)
        if (plx_kernel_fits(kernel, (plx_pattern)i))
            add_name(list, plx_pattern_name((plx_pattern)i));
    return plx_cli_error(PLX_EXIT_USAGE, "kernel '%s': cannot be run by %s; it can by: %s",
                         kernel->name, plx_pattern_name(pattern), list);
}

static const plx_field *find_param(const plx_kernel *kernel, const char *key, size_t length,
                                   char list[LIST_SIZE])
{
    for (const plx_field *field = kernel->params; field != NULL && field->name != NULL; field++) {
        if (strlen(field->name) == length && memcmp(field->name, key, length) == 0)
            return field;
        add_name(list, field->name);
    }
    return NULL;
}

static int set_param(const plx_kernel *kernel, const char *text, void *ctx, uint64_t *given)
{
    char list[LIST_SIZE] = "";
    size_t length = strcspn(text, "=");
    if (text[length] == '\0' || length == 0)
        return plx_cli_error(PLX_EXIT_USAGE, "-P '%s': not allowed; it takes key=value", text);
    const plx_field *field = find_param(kernel, text, length, list);
    if (field == NULL)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "-P '%s': kernel '%s' has no such parameter; it has: %s", text,
                             kernel->name, list[0] != '\0' ? list : "none");
    uint64_t bit = UINT64_C(1) << ((field - kernel->params) % 64);
    if ((*given & bit) != 0)
        return plx_cli_error(PLX_EXIT_USAGE, "-P '%s': this parameter is given twice", text);
    *given |= bit;
    if (plx_field_set(field, ctx, text + length + 1) != PLX_OK)
        return plx_cli_error(PLX_EXIT_USAGE, "-P '%s': not allowed; %s: %s", text, field->name,
                             field->about);
    return 0;
}

int plx_cli_set_params(const plx_kernel *kernel, const plx_cli_texts *params, void *ctx)
{
    uint64_t given = 0;
    int code = 0;
    plx_ctx_init(kernel, ctx);
    for (size_t i = 0; code == 0 && i < params->count; i++)
        code = set_param(kernel, params->text[i], ctx, &given);
    for (const plx_field *field = kernel->params; code == 0 && field != NULL && field->name != NULL;
         field++)
        if (field->initial == NULL && (given >> ((field - kernel->params) % 64) & 1) == 0)
            code = plx_cli_error(PLX_EXIT_USAGE, "kernel '%s': needs -P %s=...: %s", kernel->name,
                                 field->name, field->about);
    return code;
}
