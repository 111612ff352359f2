/* SPDX-License-Identifier: MIT */
/*
 * journal/keys.c: items by content: a key, and a table from keys to numbers.
 *
 * The table is in 64 shards by a key's first bits; each is an array with linear probing that begins
 * where the key's next bits point, in order: so a shard that grows is copied nearly in sequence,
 * and only one is there twice at a time. It grows by an eighth when 0.85 full: so a key takes 19 to
 * 22 bytes.
 * The key of zeros marks a free place; that key itself has a place of its own.
 *
 * Source   D. Knuth, The Art of Computer Programming 3, 6.4, algorithm L; XXH3: Y. Collet, xxHash
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "journal/journal.h"

enum { SHARDS = 64, SHARD_BITS = 6, FIRST_ROOM = 8 };

typedef struct place {
    plx_key key;
    uint32_t number;
} place;

typedef struct shard {
    place *places;
    size_t room, used;
} shard;

struct plx_keys {
    shard shards[SHARDS];
    bool has_zero;
    uint32_t zero_number;
};

static plx_key shortened(XXH128_hash_t hash)
{
    const plx_key key = {
        {(uint32_t)(hash.high64 >> 32), (uint32_t)hash.high64, (uint32_t)(hash.low64 >> 32)}};
    return key;
}

plx_key plx_key_of(const void *item, size_t size)
{
    return shortened(XXH3_128bits(item, size));
}

/* Another seed: no item has such bytes and this key but by chance. */
plx_key plx_key_again(plx_key key, uint32_t k)
{
    const uint32_t words[4] = {key.word[0], key.word[1], key.word[2], k};
    return shortened(XXH3_128bits_withSeed(words, sizeof words, UINT64_C(0x6761696e706c78)));
}

static bool same(plx_key a, plx_key b)
{
    return a.word[0] == b.word[0] && a.word[1] == b.word[1] && a.word[2] == b.word[2];
}

static bool is_zero(plx_key key)
{
    return (key.word[0] | key.word[1] | key.word[2]) == 0;
}

static size_t shard_of(plx_key key)
{
    return key.word[0] >> (32 - SHARD_BITS);
}

/* The place of a key, or the free one where it belongs; there is always a free one. */
static place *look(const shard *in, plx_key key)
{
    const uint32_t bits = key.word[0] << SHARD_BITS | key.word[1] >> (32 - SHARD_BITS);
    size_t at = (size_t)((uint64_t)bits * in->room >> 32);
    while (!is_zero(in->places[at].key) && !same(in->places[at].key, key))
        at = at + 1 < in->room ? at + 1 : 0;
    return &in->places[at];
}

static bool grow(shard *old)
{
    const size_t room = old->room == 0 ? FIRST_ROOM : old->room + old->room / 8;
    shard grown = {.room = room, .used = old->used};
    grown.places = calloc(grown.room, sizeof *grown.places);
    if (grown.places == NULL)
        return false;
    for (size_t i = 0; i < old->room; i++)
        if (!is_zero(old->places[i].key))
            *look(&grown, old->places[i].key) = old->places[i];
    free(old->places);
    *old = grown;
    return true;
}

plx_keys *plx_keys_open(void)
{
    return calloc(1, sizeof(plx_keys));
}

void plx_keys_close(plx_keys *keys)
{
    for (size_t i = 0; keys != NULL && i < SHARDS; i++)
        free(keys->shards[i].places);
    free(keys);
}

uint32_t *plx_keys_find(const plx_keys *keys, plx_key key)
{
    const shard *in = &keys->shards[shard_of(key)];
    if (is_zero(key))
        return keys->has_zero ? (uint32_t *)&keys->zero_number : NULL;
    if (in->used == 0)
        return NULL;
    place *found = look(in, key);
    return is_zero(found->key) ? NULL : &found->number;
}

uint32_t *plx_keys_add(plx_keys *keys, plx_key key)
{
    shard *in = &keys->shards[shard_of(key)];
    if (is_zero(key)) {
        keys->has_zero = true;
        return &keys->zero_number;
    }
    place *found = in->room > 0 ? look(in, key) : NULL;
    if (found != NULL && !is_zero(found->key))
        return &found->number;
    if (found == NULL || (in->used + 1) * 20 > in->room * 17) {
        if (!grow(in))
            return NULL;
        found = look(in, key);
    }
    in->used++;
    found->key = key;
    return &found->number;
}

size_t plx_keys_count(const plx_keys *keys)
{
    size_t count = keys->has_zero;
    for (size_t i = 0; i < SHARDS; i++)
        count += keys->shards[i].used;
    return count;
}
