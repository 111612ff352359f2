/* SPDX-License-Identifier: MIT */
/*
 * cli/list.c: `parallax list`: models x patterns x kernels, what is missing and why.
 *
 * Everything shown is asked of the library, so that the list cannot differ from what runs.
 */
#include <stdio.h>

#include "commands.h"
#include "error.h"
#include "json.h"
#include "names.h"
#include "options.h"
#include "type.h"

typedef struct ask {
    bool json;
} ask;

static const plx_cli_option options[] = {
    {"json", 0, NULL, "print one JSON object", plx_cli_set_flag, offsetof(ask, json), 0, 0, false},
    {0}};

static const plx_cli_command command = {
    .name = "list",
    .usage = "list [options]",
    .about = "Models, patterns and kernels of this build; what is missing and why.",
    .options = options,
};

static void print_models(void)
{
    plx_model_info model;
    puts("models");
    for (size_t i = 0; plx_model_at(i, &model); i++) {
        printf("  %-12s %s\n", model.name, model.about);
        if (!model.available)
            printf("  %-12s not available: %s\n", "", model.why);
    }
}

static void print_patterns(void)
{
    plx_model_info model;
    const char *why;
    puts("\npatterns");
    for (int p = 0; p < PLX_PATTERNS; p++) {
        printf("  %-12s %s\n  %-12s under:", plx_pattern_name((plx_pattern)p),
               plx_pattern_about((plx_pattern)p), "");
        for (size_t i = 0; plx_model_at(i, &model); i++)
            if (plx_offers(model.name, (plx_pattern)p, NULL))
                printf(" %s", model.name);
        puts("");
        for (size_t i = 0; plx_model_at(i, &model); i++)
            if (model.available && !plx_offers(model.name, (plx_pattern)p, &why))
                printf("  %-12s not under %s: %s\n", "", model.name, why);
    }
}

static void print_kernels(void)
{
    puts("\nkernels");
    for (size_t i = 0; plx_kernel_at(i) != NULL; i++) {
        const plx_kernel *kernel = plx_kernel_at(i);
        printf("  %-12s %s\n  %-12s by:", kernel->name, kernel->about, "");
        for (int p = 0; p < PLX_PATTERNS; p++)
            if (plx_kernel_fits(kernel, (plx_pattern)p))
                printf(" %s", plx_pattern_name((plx_pattern)p));
        puts("");
        if (kernel->in_size > 0)
            printf("  %-12s takes: %s%s\n", "", plx_cli_type_of(kernel->in_type)->word,
                   kernel->in_size == PLX_VARIES ? ", one item a line" : "");
        for (const plx_field *field = kernel->params; field != NULL && field->name != NULL; field++)
            printf("  %-12s -P %s=%s: %s\n", "", field->name,
                   field->initial != NULL ? field->initial : "...", field->about);
        for (const plx_field *field = kernel->results; field != NULL && field->name; field++)
            printf("  %-12s %s: %s\n", "", field->name, field->about);
        if (kernel->better != NULL)
            printf("  %-12s better, serially: %s\n", "", kernel->better);
    }
}

static json_t *make_models(void)
{
    json_t *list = json_array();
    plx_model_info model;
    for (size_t i = 0; plx_model_at(i, &model); i++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", json_string(model.name));
        json_object_set_new(one, "about", json_string(model.about));
        json_object_set_new(one, "available", json_boolean(model.available));
        json_object_set_new(one, "why", plx_cli_json_text(model.why));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *make_pattern(plx_pattern pattern)
{
    json_t *one = json_object(), *offered = json_array(), *missing = json_object();
    plx_model_info model;
    const char *why = NULL;
    for (size_t i = 0; plx_model_at(i, &model); i++)
        if (plx_offers(model.name, pattern, &why))
            json_array_append_new(offered, json_string(model.name));
        else
            json_object_set_new(missing, model.name, plx_cli_json_text(why));
    json_object_set_new(one, "name", json_string(plx_pattern_name(pattern)));
    json_object_set_new(one, "about", json_string(plx_pattern_about(pattern)));
    json_object_set_new(one, "models", offered);
    json_object_set_new(one, "missing", missing);
    return one;
}

static json_t *make_fields(const plx_field *field)
{
    json_t *list = json_array();
    for (; field != NULL && field->name != NULL; field++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", json_string(field->name));
        json_object_set_new(one, "about", plx_cli_json_text(field->about));
        json_object_set_new(one, "type", json_string(plx_cli_type_of(field->type)->word));
        json_object_set_new(one, "initial", plx_cli_json_text(field->initial));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *make_kernel(const plx_kernel *kernel)
{
    json_t *one = json_object(), *patterns = json_array();
    for (int p = 0; p < PLX_PATTERNS; p++)
        if (plx_kernel_fits(kernel, (plx_pattern)p))
            json_array_append_new(patterns, json_string(plx_pattern_name((plx_pattern)p)));
    json_object_set_new(one, "name", json_string(kernel->name));
    json_object_set_new(one, "about", json_string(kernel->about));
    json_object_set_new(one, "patterns", patterns);
    json_object_set_new(one, "input",
                        kernel->in_size > 0 ? json_string(plx_cli_type_of(kernel->in_type)->word)
                                            : json_null());
    json_object_set_new(one, "better", plx_cli_json_text(kernel->better));
    json_object_set_new(one, "params", make_fields(kernel->params));
    json_object_set_new(one, "results", make_fields(kernel->results));
    return one;
}

static int print_json(void)
{
    json_t *list = json_object(), *patterns = json_array(), *kernels = json_array();
    for (int p = 0; p < PLX_PATTERNS; p++)
        json_array_append_new(patterns, make_pattern((plx_pattern)p));
    for (size_t i = 0; plx_kernel_at(i) != NULL; i++)
        json_array_append_new(kernels, make_kernel(plx_kernel_at(i)));
    json_object_set_new(list, "schema", json_string("parallax.list/1"));
    json_object_set_new(list, "version", json_string(plx_version()));
    json_object_set_new(list, "models", make_models());
    json_object_set_new(list, "patterns", patterns);
    json_object_set_new(list, "kernels", kernels);
    return plx_cli_json_print(list);
}

int plx_cli_list(int argc, char **argv)
{
    ask asked = {false};
    int first, code = plx_cli_parse(&command, argc, argv, &asked, &first);
    if (code != 0)
        return code == PLX_CLI_DONE ? 0 : code;
    if (first < argc)
        return plx_cli_error(PLX_EXIT_USAGE, "list: '%s' is one too many; it takes options only",
                             argv[first]);
    if (asked.json)
        return plx_cli_flush(print_json());
    print_models();
    print_patterns();
    print_kernels();
    return plx_cli_flush(0);
}
