/* SPDX-License-Identifier: MIT */
/* journal/record.c: see journal/record.h and journal/format.h. */
#include "journal/record.h"

#include <string.h>

#include "journal/sums.h"

size_t plx_record_bytes(size_t payload)
{
    return sizeof(plx_record) +
           (payload + PLX_FORMAT_ALIGN - 1) / PLX_FORMAT_ALIGN * PLX_FORMAT_ALIGN;
}

unsigned char *plx_record_begin(void *at, plx_kind kind, size_t payload)
{
    plx_record *record = at;
    *record = (plx_record){.magic = PLX_RECORD_MAGIC, .kind = (uint16_t)kind,
                           .size = (uint32_t)payload};
    unsigned char *bytes = (unsigned char *)(record + 1);
    size_t padding = plx_record_bytes(payload) - sizeof *record - payload;
    memset(bytes + payload, 0, padding);
    return bytes;
}

size_t plx_record_seal(void *at, plx_record_spot *spot)
{
    plx_record *record = at;
    size_t bytes = plx_record_bytes(record->size);
    record->number = spot->number;
    record->payload_check = plx_sums_payload(record + 1, record->size, spot->salt);
    record->check = plx_sums_record(record, spot->salt, spot->offset);
    spot->number++;
    spot->offset += bytes;
    return bytes;
}

void plx_record_seal_all(void *at, size_t size, plx_record_spot *spot)
{
    for (size_t done = 0; done < size;)
        done += plx_record_seal((unsigned char *)at + done, spot);
}

static size_t why_size(const plx_entry *entry)
{
    size_t size = 0;
    while (entry->why != NULL && size < PLX_WHY_MAX && entry->why[size] != '\0')
        size++;
    return size;
}

size_t plx_record_entry_payload(const plx_entry *entry)
{
    return sizeof(plx_entry_head) + entry->item_size + entry->result_size + why_size(entry);
}

static unsigned char *copied(unsigned char *to, const void *from, size_t size)
{
    if (size > 0)
        memcpy(to, from, size);
    return to + size;
}

void plx_record_entry_put(unsigned char *payload, const plx_entry *entry)
{
    plx_entry_head head = {
        .key = entry->key, .state = (int32_t)entry->state, .code = entry->code,
        .signal = entry->signal, .tries = entry->tries,
        .item_size = (uint32_t)entry->item_size, .result_size = (uint32_t)entry->result_size,
        .why_size = (uint32_t)why_size(entry),
        .elapsed_s = entry->elapsed_s, .ended_s = entry->ended_s,
        .output = {entry->output[0], entry->output[1]}};
    payload = copied(payload, &head, sizeof head);
    payload = copied(payload, entry->item, entry->item_size);
    payload = copied(payload, entry->result, entry->result_size);
    copied(payload, entry->why, head.why_size);
}
