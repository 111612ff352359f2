/* SPDX-License-Identifier: MIT */
/*
 * words_fuzz.c: any text is a command or is refused with a reason; what is filled in adds up, and
 * an item stands in its word byte for byte, for a shell in quotes.
 *
 * The first byte says whether it is for a shell, the second how many bytes the item has; the item
 * and the command follow.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/batch/words.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The words fill their piece of memory in order, without a gap. Returns the last. */
static const char *check_layout(const plx_filled *filled)
{
    size_t count = 0;
    while (filled->argv[count] != NULL)
        count++;
    must(count > 0);
    size_t bytes = (count + 1) * sizeof(char *);
    for (size_t i = 0; i < count; i++) {
        must(filled->argv[i] == (char *)filled->argv + bytes);
        bytes += strlen(filled->argv[i]) + 1;
    }
    must(bytes == filled->bytes);
    return filled->argv[count - 1];
}

/* An item as it should stand, behind an x. */
static void expect(char *text, const char *item, bool shell)
{
    *text++ = 'x';
    if (shell)
        *text++ = '\'';
    for (; *item != '\0'; item++) {
        if (shell && *item == '\'') {
            memcpy(text, "'\\'", 3);
            text += 3;
        }
        *text++ = *item;
    }
    if (shell)
        *text++ = '\'';
    *text = '\0';
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

/* end: what the last word must end with; NULL: nothing is known of it. */
static void check(const char *command, bool shell, const char *item, const char *end)
{
    const char *why = NULL;
    plx_filled filled;
    plx_words *words = plx_words_read(command, shell, &why);
    must(words != NULL || (why != NULL && *why != '\0'));
    if (words == NULL)
        return;
    must(plx_words_fill(words, item, strlen(item), UINT64_MAX, &filled));
    const char *last = check_layout(&filled), *program = plx_words_program(words);
    must(end == NULL || ends_with(last, end));
    must(program == NULL || strcmp(program, filled.argv[0]) == 0);
    must(!shell || strcmp(filled.argv[0], "sh") == 0);
    plx_filled_free(&filled);
    plx_words_free(words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char item[256], end[1024], command[2304];
    if (size < 2 || size > 2048)
        return 0;
    const bool shell = data[0] & 1;
    const size_t length = data[1] < size - 2 ? data[1] : size - 2;
    memcpy(item, data + 2, length);
    item[length] = '\0';
    memcpy(command, data + 2 + length, size - 2 - length);
    command[size - 2 - length] = '\0';
    check(command, shell, item, NULL);
    strcat(command, " x{}");                /* so that it is known where the item must stand */
    expect(end, item, shell);
    check(command, shell, item, end);
    return 0;
}
