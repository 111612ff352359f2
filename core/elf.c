/* SPDX-License-Identifier: MIT */
/*
 * core/elf.c: looking into a shared object's bytes before the loader trusts them.
 *
 * The loader maps what the program headers say and dies of a file that is shorter; it also binds
 * what the object leaves undefined to whatever this process has by that name. So both are looked
 * at first. Nothing read from the file is used before it is known to lie within it.
 *
 * Source   System V ABI, chapters 4 and 5 (program headers, dynamic section); the layout of the
 *          GNU hash table is that of binutils
 */
#include "core/elf.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#include "core/run.h"

typedef struct image {
    const unsigned char *bytes;
    size_t size;
    size_t headers, count; /* program headers: offset, number */
} image;

/* The dynamic section's addresses, 0 if it has none. */
typedef struct dynamic {
    ElfW(Addr) names, symbols, hash, gnu_hash;
    size_t names_size;
} dynamic;

static bool within(const image *file, size_t at, size_t size)
{
    return at <= file->size && size <= file->size - at;
}

static bool take(const image *file, size_t at, void *to, size_t size)
{
    if (!within(file, at, size))
        return false;
    memcpy(to, file->bytes + at, size);
    return true;
}

static bool take_segment(const image *file, size_t i, ElfW(Phdr) * segment)
{
    return take(file, file->headers + i * sizeof *segment, segment, sizeof *segment);
}

/* The offset of an address that a segment maps from the file; file->size if none does. */
static size_t offset_of(const image *file, ElfW(Addr) address)
{
    ElfW(Phdr) segment;
    for (size_t i = 0; i < file->count && take_segment(file, i, &segment); i++)
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
            address - segment.p_vaddr < segment.p_filesz)
            return segment.p_offset + (address - segment.p_vaddr);
    return file->size;
}

#if defined __x86_64__
enum { OWN_MACHINE = EM_X86_64 };
#elif defined __aarch64__
enum { OWN_MACHINE = EM_AARCH64 };
#else
enum { OWN_MACHINE = EM_NONE };             /* the loader tells, in words of its own */
#endif
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { OWN_ORDER = ELFDATA2LSB };
#else
enum { OWN_ORDER = ELFDATA2MSB };
#endif
enum { OWN_CLASS = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32 };

static const char *read_header(image *file)
{
    ElfW(Ehdr) header;
    if (!take(file, 0, &header, sizeof header) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return "it is no shared object";
    if (header.e_type != ET_DYN || header.e_phentsize != sizeof(ElfW(Phdr)) ||
        (OWN_MACHINE != EM_NONE && header.e_machine != OWN_MACHINE) ||
        header.e_ident[EI_CLASS] != OWN_CLASS || header.e_ident[EI_DATA] != OWN_ORDER)
        return "it is no shared object for this machine";
    file->headers = header.e_phoff;
    file->count = header.e_phnum;
    return NULL;
}

static const char *check_segments(const image *file, ElfW(Phdr) * dynamic_segment)
{
    ElfW(Phdr) segment;
    dynamic_segment->p_type = PT_NULL;
    for (size_t i = 0; i < file->count; i++) {
        if (!take_segment(file, i, &segment))
            return "its file is cut short";
        if (segment.p_type == PT_LOAD && !within(file, segment.p_offset, segment.p_filesz))
            return "its file is cut short";
        if (segment.p_type == PT_DYNAMIC)
            *dynamic_segment = segment;
    }
    return dynamic_segment->p_type == PT_DYNAMIC ? NULL : "it is no shared object";
}

static void read_dynamic(const image *file, const ElfW(Phdr) * segment, dynamic *found)
{
    ElfW(Dyn) entry;
    memset(found, 0, sizeof *found);
    for (size_t at = segment->p_offset; take(file, at, &entry, sizeof entry); at += sizeof entry) {
        switch (entry.d_tag) {
        case DT_NULL:
            return;
        case DT_STRTAB:
            found->names = entry.d_un.d_ptr;
            break;
        case DT_STRSZ:
            found->names_size = entry.d_un.d_val;
            break;
        case DT_SYMTAB:
            found->symbols = entry.d_un.d_ptr;
            break;
        case DT_HASH:
            found->hash = entry.d_un.d_ptr;
            break;
        case DT_GNU_HASH:
            found->gnu_hash = entry.d_un.d_ptr;
            break;
        default:
            break;
        }
    }
}

/* Symbols [0, count) hold all undefined ones: of the old hash table the second word counts all
   symbols, of the GNU one the second word is the first symbol that the table finds, and it finds
   defined ones only. */
static size_t count_symbols(const image *file, const dynamic *found)
{
    uint32_t words[2];
    const ElfW(Addr) table = found->gnu_hash ? found->gnu_hash : found->hash;
    return take(file, offset_of(file, table), words, sizeof words) ? words[1] : 0;
}

static bool begins_with(const image *file, size_t at, const char *prefix)
{
    const size_t length = strlen(prefix);
    return within(file, at, length) && memcmp(file->bytes + at, prefix, length) == 0;
}

/* NULL, or the name of an undefined symbol that begins with prefix. */
static const char *find_undefined(const image *file, const dynamic *found, const char *prefix)
{
    const size_t symbols = offset_of(file, found->symbols), names = offset_of(file, found->names);
    const size_t count = count_symbols(file, found);
    ElfW(Sym) symbol;
    for (size_t i = 1; i < count; i++) {
        if (!take(file, symbols + i * sizeof symbol, &symbol, sizeof symbol))
            return NULL;
        if (symbol.st_shndx == SHN_UNDEF && symbol.st_name < found->names_size &&
            begins_with(file, names + symbol.st_name, prefix))
            return (const char *)file->bytes + names + symbol.st_name;
    }
    return NULL;
}

bool plx_elf_check(const void *bytes, size_t size, const char *prefix, char why[108])
{
    image file = {.bytes = bytes, .size = size};
    ElfW(Phdr) segment;
    const char *wrong = read_header(&file);
    if (!wrong)
        wrong = check_segments(&file, &segment);
    if (wrong) {
        plx_check_say(why, "%s", wrong);
        return false;
    }
    dynamic found;
    read_dynamic(&file, &segment, &found);
    const char *name = find_undefined(&file, &found, prefix);
    if (!name)
        return true;
    const size_t room = size - (size_t)(name - (const char *)bytes);
    plx_check_say(why, "it needs %.*s of libparallax; a kernel may use what plx/kernel.h has only",
                  room < 40 ? (int)room : 40, name);
    return false;
}
