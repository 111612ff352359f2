/* SPDX-License-Identifier: MIT */
/* journal/state.c: the words for how an item ended, as `journal export` prints them. */
#include "journal/journal.h"

const char *plx_item_state_name(plx_item_state state)
{
    switch (state) {
    case PLX_ITEM_OK: return "ok";
    case PLX_ITEM_BAD: return "failed";
    case PLX_ITEM_FALLBACK: return "fallback";
    case PLX_ITEM_NONE: break;
    }
    return NULL;
}
