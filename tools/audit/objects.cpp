/*
 * audit/objects.cpp: see objects.h. The one place that knows LLVM; C++ because LLVM's C interface
 * has neither dynamic symbols nor archives nor the section that a relocation is about.
 */
#include "audit/objects.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <llvm/BinaryFormat/Magic.h>
#include <llvm/Demangle/Demangle.h>
#include <llvm/Object/Archive.h>
#include <llvm/Object/COFF.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/MachO.h>
#include <llvm/Object/MachOUniversal.h>
#include <llvm/Support/MemoryBuffer.h>

#include "audit/allocators.h"

namespace
{

using namespace llvm;
using namespace llvm::object;

constexpr int most_depth = 4; // an archive in an archive ...

/* Counts by function and symbol, in the order of their names. */
using Counts = std::map<std::pair<std::string, std::string>, size_t>;

struct Function {
    uint64_t start;
    uint64_t size; // 0: not known
    bool is_code;
    std::string name;
};

class ObjectReader
{
  public:
    ObjectReader(const ObjectFile &object, const std::string &member,
                 const tmt_object_events &events)
        : object(object), member(member), events(events)
    {
    }

    void read();

  private:
    void fail(Error error)
    {
        events.failure(events.user, member.c_str(), toString(std::move(error)).c_str());
    }
    bool is_linked() const;
    void note_undefined();
    template <typename Range> void note_undefined(const Range &symbols);
    void note_imports(const COFFObjectFile &image);
    void note_functions();
    void note_relocations();
    void note_relocation(const RelocationRef &relocation, const SectionRef &about);
    bool is_bookkeeping(const SymbolRef &symbol, uint32_t flags) const;
    std::string readable(const std::string &name) const;
    std::string function_at(const SectionRef &section, uint64_t offset);

    const ObjectFile &object;
    const std::string &member;
    const tmt_object_events &events;
    bool underscored = false; // each C name begins with '_'
    bool has_symbols = false;
    bool is_slim_lto = false;
    std::map<std::string, bool> undefined;               // symbol: whether a relocation was seen
    std::map<uint64_t, std::vector<Function>> functions; // by index of the section
    Counts counts;
};

bool ObjectReader::is_linked() const
{
    if (auto *elf = dyn_cast<ELFObjectFileBase>(&object))
        return elf->getEType() == ELF::ET_EXEC || elf->getEType() == ELF::ET_DYN;
    if (auto *coff = dyn_cast<COFFObjectFile>(&object))
        return coff->getPE32Header() != nullptr || coff->getPE32PlusHeader() != nullptr;
    return !object.isRelocatableObject();
}

template <typename Range> void ObjectReader::note_undefined(const Range &symbols)
{
    for (const SymbolRef symbol : symbols) {
        Expected<uint32_t> flags = symbol.getFlags();
        Expected<StringRef> name = symbol.getName();

        if (!flags || !name) {
            if (!flags)
                fail(flags.takeError());
            if (!name)
                fail(name.takeError());
            return;
        }
        has_symbols |= !name->empty();
        is_slim_lto |= *name == "__gnu_lto_slim" || *name == "___gnu_lto_slim";
        if ((*flags & BasicSymbolRef::SF_Undefined) != 0 &&
            events.wants(events.user, name->str().c_str()))
            undefined.emplace(name->str(), false);
    }
}

void ObjectReader::note_imports(const COFFObjectFile &image)
{
    auto note = [this](auto symbols) {
        for (const ImportedSymbolRef &symbol : symbols) {
            StringRef name;

            if (Error error = symbol.getSymbolName(name))
                return fail(std::move(error));
            has_symbols = true;
            if (events.wants(events.user, name.str().c_str()))
                undefined.emplace(name.str(), false);
        }
    };
    for (const ImportDirectoryEntryRef &library : image.import_directories())
        note(library.imported_symbols());
    for (const DelayImportDirectoryEntryRef &library : image.delay_import_directories())
        note(library.imported_symbols());
}

void ObjectReader::note_undefined()
{
    auto *coff = dyn_cast<COFFObjectFile>(&object);

    if (coff != nullptr && is_linked())
        return note_imports(*coff);
    if (auto *elf = dyn_cast<ELFObjectFileBase>(&object))
        if (is_linked())
            return note_undefined(elf->getDynamicSymbolIterators());
    note_undefined(object.symbols());
}

/* Labels that assemblers make are no functions. */
bool is_label(StringRef name)
{
    return name.empty() || name.startswith(".L") || name.startswith("ltmp") ||
           name.startswith("L.") || name.startswith("l_.");
}

/*
 * What a format keeps for itself: sections, files. LLVM takes a static function of gcc's for a
 * section's symbol, for it carries an auxiliary record as those do.
 */
bool ObjectReader::is_bookkeeping(const SymbolRef &symbol, uint32_t flags) const
{
    auto *coff = dyn_cast<COFFObjectFile>(&object);

    if ((flags & BasicSymbolRef::SF_FormatSpecific) == 0)
        return false;
    return coff == nullptr ||
           coff->getCOFFSymbol(symbol).getComplexType() != COFF::IMAGE_SYM_DTYPE_FUNCTION;
}

void ObjectReader::note_functions()
{
    for (const SymbolRef &symbol : object.symbols()) {
        Expected<uint32_t> flags = symbol.getFlags();
        Expected<StringRef> name = symbol.getName();
        Expected<section_iterator> section = symbol.getSection();
        Expected<uint64_t> address = symbol.getAddress();
        Expected<SymbolRef::Type> type = symbol.getType();
        bool usable = flags && name && section && address && type;

        if (usable && *section != object.section_end() && !is_label(*name) &&
            (*flags & BasicSymbolRef::SF_Undefined) == 0 && !is_bookkeeping(symbol, *flags) &&
            *type != SymbolRef::ST_File && *type != SymbolRef::ST_Debug) {
            uint64_t size = isa<ELFObjectFileBase>(&object) ? ELFSymbolRef(symbol).getSize() : 0;
            // Mach-O and PE code symbols do not say what they are; sections do.
            functions[(*section)->getIndex()].push_back(
                { *address - (*section)->getAddress(), size,
                  *type == SymbolRef::ST_Function || (*section)->isText(), name->str() });
        }
        consumeError(flags.takeError());
        consumeError(name.takeError());
        consumeError(section.takeError());
        consumeError(address.takeError());
        consumeError(type.takeError());
    }
    for (auto &entry : functions)
        std::stable_sort(entry.second.begin(), entry.second.end(),
                         [](const Function &a, const Function &b) { return a.start < b.start; });
}

/* Demangled, without what the format puts before each C name. */
std::string ObjectReader::readable(const std::string &name) const
{
    std::string demangled = demangle(name);

    return demangled == name && underscored && name[0] == '_' ? name.substr(1) : demangled;
}

std::string ObjectReader::function_at(const SectionRef &section, uint64_t offset)
{
    auto found = functions.find(section.getIndex());

    if (found != functions.end()) {
        const std::vector<Function> &list = found->second;
        auto after = std::upper_bound(
            list.begin(), list.end(), offset,
            [](uint64_t at, const Function &function) { return at < function.start; });
        // The nearest before it that covers it; of those that do not say their size, the nearest.
        for (auto at = after; at != list.begin();) {
            --at;
            if (at->size == 0 || offset - at->start < at->size)
                return readable(at->name);
        }
    }
    // Stripped of local symbols: -ffunction-sections still tells.
    Expected<StringRef> name = section.getName();
    if (!name) {
        consumeError(name.takeError());
        return "";
    }
    for (StringRef prefix :
         { ".text.unlikely.", ".text.startup.", ".text.hot.", ".text.exit.", ".text.", ".text$" })
        if (name->startswith(prefix) && name->size() > prefix.size())
            return demangle(name->substr(prefix.size()).str());
    return "";
}

/* Of an address that takes two instructions the second half: it is the same reference. */
bool is_second_half(StringRef type)
{
    return type.contains("LO12") || type.contains("PAGEOFF") || type.contains("_LO16") ||
           type.contains("MOVT") || type.contains("R_MIPS_JALR");
}

void ObjectReader::note_relocation(const RelocationRef &relocation, const SectionRef &about)
{
    symbol_iterator symbol = relocation.getSymbol();
    SmallString<32> type;

    if (symbol == object.symbol_end())
        return;
    Expected<StringRef> name = symbol->getName();
    if (!name)
        return fail(name.takeError());
    auto found = undefined.find(name->str());
    if (found == undefined.end())
        return;
    relocation.getTypeName(type);
    if (is_second_half(type))
        return;
    found->second = true;
    counts[{ function_at(about, relocation.getOffset()), found->first }]++;
}

void ObjectReader::note_relocations()
{
    for (const SectionRef &section : object.sections()) {
        Expected<section_iterator> about = section.getRelocatedSection();

        if (!about)
            return fail(about.takeError());
        if (*about == object.section_end() || (*about)->isDebugSection())
            continue;
        if (isa<ELFObjectFileBase>(&object) &&
            (ELFSectionRef(**about).getFlags() & ELF::SHF_ALLOC) == 0)
            continue;
        for (const RelocationRef &relocation : section.relocations())
            note_relocation(relocation, **about);
    }
}

void ObjectReader::read()
{
    underscored = isa<MachOObjectFile>(&object) ||
                  (isa<COFFObjectFile>(&object) && object.getArch() == Triple::x86 && !is_linked());

    events.object(events.user, member.c_str(), object.getFileFormatName().str().c_str(),
                  underscored);
    note_undefined();
    if (is_slim_lto) {
        events.reference(events.user, "", TMT_SYMBOL_BITCODE, 1);
        return;
    }
    if (is_linked()) {
        if (!has_symbols && !isa<COFFObjectFile>(&object))
            events.reference(events.user, "", TMT_SYMBOL_LINKED, 1);
    } else if (!undefined.empty()) {
        note_functions();
        note_relocations();
    }
    for (const auto &symbol : undefined)
        if (!symbol.second)
            counts[{ "", symbol.first }]++;
    for (const auto &entry : counts)
        events.reference(events.user, entry.first.first.c_str(), entry.first.second.c_str(),
                         entry.second);
}

class FileReader
{
  public:
    FileReader(const tmt_object_events &events) : events(events)
    {
    }

    void read(MemoryBufferRef buffer, const std::string &member, bool must_be_object,
              int depth = 0);

  private:
    void fail(const std::string &member, Error error)
    {
        events.failure(events.user, member.c_str(), toString(std::move(error)).c_str());
    }
    void read_archive(const Archive &archive, const std::string &outer, int depth);
    void read_universal(const MachOUniversalBinary &universal, const std::string &outer, int depth);
    void read_object(MemoryBufferRef buffer, const std::string &member, file_magic kind);

    const tmt_object_events &events;
};

void FileReader::read_object(MemoryBufferRef buffer, const std::string &member, file_magic kind)
{
    Expected<std::unique_ptr<ObjectFile>> object = ObjectFile::createObjectFile(buffer, kind);

    if (!object)
        return fail(member, object.takeError());
    ObjectReader(**object, member, events).read();
}

void FileReader::read_archive(const Archive &archive, const std::string &outer, int depth)
{
    Error error = Error::success();
    std::map<std::string, int> seen;

    for (const Archive::Child &child : archive.children(error)) {
        Expected<StringRef> name = child.getName();
        std::string member = outer;

        if (!name) {
            fail(outer, name.takeError());
            continue;
        }
        member += (outer.empty() ? "" : "/") + name->str();
        // An archive may hold several members of one name.
        int times = ++seen[name->str()];
        if (times > 1)
            member += "#" + std::to_string(times);
        Expected<MemoryBufferRef> buffer = child.getMemoryBufferRef();
        if (!buffer) {
            fail(member, buffer.takeError());
            continue;
        }
        read(*buffer, member, false, depth + 1);
    }
    if (error)
        fail(outer, std::move(error));
}

void FileReader::read_universal(const MachOUniversalBinary &universal, const std::string &outer,
                                int depth)
{
    for (const auto &slice : universal.objects()) {
        std::string member = outer + (outer.empty() ? "" : "/") + slice.getArchFlagName();
        Expected<std::unique_ptr<MachOObjectFile>> object = slice.getAsObjectFile();

        if (object) {
            ObjectReader(**object, member, events).read();
            continue;
        }
        Expected<std::unique_ptr<Archive>> archive = slice.getAsArchive();
        if (archive) {
            consumeError(object.takeError());
            read_archive(**archive, member, depth + 1);
        } else {
            consumeError(archive.takeError());
            fail(member, object.takeError());
        }
    }
}

void FileReader::read(MemoryBufferRef buffer, const std::string &member, bool must_be_object,
                      int depth)
{
    file_magic kind = identify_magic(buffer.getBuffer());

    if (depth > most_depth)
        return events.failure(events.user, member.c_str(), "archives nested too deeply");
    switch (kind) {
    case file_magic::archive: {
        Error error = Error::success();
        Archive archive(buffer, error);

        if (error)
            return fail(member, std::move(error));
        return read_archive(archive, member, depth);
    }
    case file_magic::macho_universal_binary: {
        Expected<std::unique_ptr<MachOUniversalBinary>> universal = MachOUniversalBinary::create(
            buffer);

        if (!universal)
            return fail(member, universal.takeError());
        return read_universal(**universal, member, depth);
    }
    case file_magic::bitcode:
        events.object(events.user, member.c_str(), "bitcode", false);
        return events.reference(events.user, "", TMT_SYMBOL_BITCODE, 1);
    case file_magic::elf_core:
    case file_magic::coff_import_library: // names what a DLL offers; refers to nothing
        return;
    case file_magic::elf:
    case file_magic::elf_relocatable:
    case file_magic::elf_executable:
    case file_magic::elf_shared_object:
    case file_magic::macho_object:
    case file_magic::macho_executable:
    case file_magic::macho_dynamically_linked_shared_lib:
    case file_magic::macho_bundle:
    case file_magic::coff_object:
    case file_magic::pecoff_executable: return read_object(buffer, member, kind);
    default:
        if (must_be_object)
            events.failure(events.user, member.c_str(),
                           "neither object file, archive nor linked image");
    }
}

} // namespace

void tmt_objects_read(const char *path, bool must_be_object, const struct tmt_object_events *events)
{
    ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(
        path, /*IsText=*/false, /*RequiresNullTerminator=*/false);

    if (std::error_code code = buffer.getError())
        return events->failure(events->user, "", code.message().c_str());
    FileReader(*events).read((*buffer)->getMemBufferRef(), "", must_be_object);
}
