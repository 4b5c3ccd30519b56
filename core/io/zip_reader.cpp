// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/zip_reader.h"

#include "core/io/bytes.h"
#include "core/io/limits.h"
#include "core/support/text.h"

#include <algorithm>
#include <zlib.h>

namespace fxscope::io {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50, kDirectoryEntry = 0x02014b50, kEndRecord = 0x06054b50,
                   kZip64End = 0x06064b50, kZip64Locator = 0x07064b50;
constexpr uint64_t kHeadersMapped = 4; ///< at once: the kernel maps 64 KiB around each
constexpr uint64_t kEndSize = 22, kLocatorSize = 20, kZip64EndSize = 56, kEntrySize = 46, kLocalSize = 30;
constexpr uint32_t kFull32 = 0xFFFFFFFF;

bool isUtf8(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const size_t length = lead < 0x80         ? 1
                              : (lead >> 5) == 6  ? 2
                              : (lead >> 4) == 14 ? 3
                              : (lead >> 3) == 30 ? 4
                                                  : 0;
        if (length == 0 || i + length > text.size())
            return false;
        for (size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80)
                return false;
        i += length;
    }
    return true;
}

/// A name that could leave a folder if somebody unpacked the archive, or that cannot be shown.
std::string nameProblem(std::string_view name) {
    if (name.empty() || name.size() > limits().zipName)
        return "its name is empty or longer than " + std::to_string(limits().zipName) + " bytes";
    if (name.front() == '/' || name.find('\\') != std::string_view::npos || (name.size() > 1 && name[1] == ':'))
        return "its name is no relative path";
    if (name.find('\0') != std::string_view::npos || !isUtf8(name))
        return "its name is not UTF-8";
    for (const std::string_view part : split(name, '/'))
        if (part == "..")
            return "its name leaves the archive's folder";
    return {};
}

/// Sizes and offset beyond 32 bits, in the order in which the plain fields are full.
bool readZip64Extra(std::span<const std::byte> extra, ZipEntry& entry, uint64_t& localOffset) {
    for (uint64_t at = 0; at + 4 <= extra.size();) {
        const auto id = numberAt<uint16_t>(extra, at), size = numberAt<uint16_t>(extra, at + 2);
        if (!inside(extra, at + 4, size))
            return false;
        if (id == 1) {
            auto field = extra.subspan(at + 4, size);
            for (uint64_t* value : {&entry.size, &entry.storedSize, &localOffset}) {
                if (*value != kFull32)
                    continue;
                if (field.size() < 8)
                    return false;
                *value = numberAt<uint64_t>(field, 0);
                field = field.subspan(8);
            }
            return true;
        }
        at += 4 + size;
    }
    return entry.size != kFull32 && entry.storedSize != kFull32 && localOffset != kFull32;
}

} // namespace

Diagnostic ZipArchive::damaged(const std::string& how) const {
    return {"damaged zip directory: " + how, m_where, "the file may be cut off; copy or save it again"};
}
std::string ZipArchive::whereIs(std::string_view name) const { return m_where + ", entry " + displayText(name); }

Result<ZipArchive> ZipArchive::open(std::span<const std::byte> bytes, const std::string& where,
                                    const MappedFile* file) {
    ZipArchive archive(bytes, where, file);
    FX_CHECK(archive.readDirectory());
    archive.m_file = nullptr; // it may not live as long
    return archive;
}

/// Where end records may be, the most likely first: those whose comment ends the file, the last one first; then those
/// that other bytes follow.
std::vector<uint64_t> ZipArchive::endRecords() const {
    constexpr size_t kMost = 16; // real files have one, and may have its bytes in a comment
    std::vector<uint64_t> exact, other;
    const uint64_t last = m_bytes.size() - kEndSize, first = last > 0xFFFF ? last - 0xFFFF : 0;
    for (uint64_t at = last + 1; at-- > first && exact.size() < kMost;) {
        if (numberAt<uint32_t>(m_bytes, at) != kEndRecord)
            continue;
        const uint64_t end = at + kEndSize + numberAt<uint16_t>(m_bytes, at + 20);
        if (end == m_bytes.size())
            exact.push_back(at);
        else if (end < m_bytes.size() && other.size() < kMost)
            other.push_back(at);
    }
    exact.insert(exact.end(), other.begin(), other.end());
    return exact;
}

Result<Done> ZipArchive::readDirectory() {
    std::optional<Diagnostic> failure; // of the most likely one
    for (const uint64_t at : m_bytes.size() < kEndSize ? std::vector<uint64_t>() : endRecords()) {
        const auto directory = directoryAt(at);
        const auto read = directory.ok() ? readEntries(*directory) : Result<Done>(directory.error());
        if (read.ok())
            return read;
        if (!failure)
            failure = read.error();
        m_entries.clear();
    }
    return failure ? *failure : damaged("the end record is missing");
}

Result<ZipArchive::Directory> ZipArchive::directoryAt(uint64_t endRecord) const {
    if (numberAt<uint16_t>(m_bytes, endRecord + 4) != numberAt<uint16_t>(m_bytes, endRecord + 6))
        return damaged("archives of several disks are not read");
    const Directory plain{numberAt<uint32_t>(m_bytes, endRecord + 16), numberAt<uint32_t>(m_bytes, endRecord + 12),
                          numberAt<uint16_t>(m_bytes, endRecord + 10)};
    return zip64Directory(endRecord, plain);
}

Result<ZipArchive::Directory> ZipArchive::zip64Directory(uint64_t endRecord, Directory found) const {
    uint64_t end = endRecord;
    if (endRecord >= kLocatorSize && numberAt<uint32_t>(m_bytes, endRecord - kLocatorSize) == kZip64Locator) {
        end = numberAt<uint64_t>(m_bytes, endRecord - kLocatorSize + 8);
        if (!inside(m_bytes, end, kZip64EndSize) || numberAt<uint32_t>(m_bytes, end) != kZip64End)
            return damaged("the Zip64 end record is not where it should be");
        found = {numberAt<uint64_t>(m_bytes, end + 48), numberAt<uint64_t>(m_bytes, end + 40),
                 numberAt<uint64_t>(m_bytes, end + 32)};
    }
    if (!inside(m_bytes, found.offset, found.size) || found.offset + found.size != end)
        return damaged("it does not lie before the end record");
    if (found.count > limits().zipEntries)
        return Diagnostic{"more than " + std::to_string(limits().zipEntries) + " entries", m_where,
                          raiseLimit("zipEntries")};
    return found;
}

Result<Done> ZipArchive::readEntries(const Directory& directory) {
    const auto bytes = m_bytes.subspan(directory.offset, directory.size);
    std::vector<uint64_t> localOffsets;
    m_entries.reserve(directory.count);
    uint64_t at = 0;
    for (uint64_t i = 0; i < directory.count; ++i) {
        if (!inside(bytes, at, kEntrySize) || numberAt<uint32_t>(bytes, at) != kDirectoryEntry)
            return damaged("entry " + std::to_string(i + 1) + " is missing");
        const auto nameSize = numberAt<uint16_t>(bytes, at + 28), extraSize = numberAt<uint16_t>(bytes, at + 30),
                   commentSize = numberAt<uint16_t>(bytes, at + 32);
        if (!inside(bytes, at + kEntrySize, uint64_t{nameSize} + extraSize + commentSize))
            return damaged("entry " + std::to_string(i + 1) + " is cut off");
        ZipEntry entry;
        entry.name = textAt(bytes, at + kEntrySize, nameSize);
        entry.method = numberAt<uint16_t>(bytes, at + 10);
        entry.crc = numberAt<uint32_t>(bytes, at + 16);
        entry.storedSize = numberAt<uint32_t>(bytes, at + 20);
        entry.size = numberAt<uint32_t>(bytes, at + 24);
        uint64_t localOffset = numberAt<uint32_t>(bytes, at + 42);
        if (!readZip64Extra(bytes.subspan(at + kEntrySize + nameSize, extraSize), entry, localOffset))
            return damaged("the sizes of entry " + std::to_string(i + 1) + " are missing");
        entry.problem = nameProblem(entry.name);
        if (numberAt<uint16_t>(bytes, at + 8) & 1)
            entry.problem = "it is encrypted";
        else if (entry.method != 0 && entry.method != 8)
            entry.problem = "its compression method " + std::to_string(entry.method) + " is not known (0 and 8 are)";
        else if ((numberAt<uint32_t>(bytes, at + 38) >> 28) == 0xA)
            entry.problem = "it is a symbolic link";
        readLocalHeader(entry, localOffset, directory.offset);
        if (m_file && i % kHeadersMapped == 0)
            m_file->release(textAt(m_bytes, 0, directory.offset));
        localOffsets.push_back(localOffset);
        m_entries.push_back(std::move(entry));
        at += kEntrySize + nameSize + extraSize + commentSize;
    }
    for (size_t i = 0; i < m_entries.size(); ++i)
        if (const auto [other, fresh] = m_byName.emplace(m_entries[i].name, i); !fresh)
            m_entries[other->second].problem = m_entries[i].problem = "two entries have this name";
    refuseOverlaps(localOffsets);
    return Done{};
}

void ZipArchive::readLocalHeader(ZipEntry& entry, uint64_t localOffset, uint64_t limit) const {
    const auto bytes = m_bytes.first(limit);
    const auto problem = [&](const char* what) {
        if (entry.problem.empty())
            entry.problem = what;
    };
    if (!inside(bytes, localOffset, kLocalSize) || numberAt<uint32_t>(bytes, localOffset) != kLocalHeader)
        return problem("its data is not where the directory says");
    const auto nameSize = numberAt<uint16_t>(bytes, localOffset + 26),
               extraSize = numberAt<uint16_t>(bytes, localOffset + 28);
    if (!inside(bytes, localOffset + kLocalSize, uint64_t{nameSize} + extraSize) ||
        textAt(bytes, localOffset + kLocalSize, nameSize) != entry.name)
        return problem("it has another name at its data");
    entry.dataOffset = localOffset + kLocalSize + nameSize + extraSize;
    if (!inside(bytes, entry.dataOffset, entry.storedSize))
        return problem("its data is cut off");
    if (entry.method == 0 && entry.size != entry.storedSize)
        problem("it is stored with another size than it has");
}

/// An entry whose data runs into the next one's is refused; the next one begins where the directory says, so it stays.
void ZipArchive::refuseOverlaps(const std::vector<uint64_t>& localOffsets) {
    std::vector<size_t> byOffset;
    for (size_t i = 0; i < m_entries.size(); ++i)
        if (m_entries[i].problem.empty())
            byOffset.push_back(i);
    std::sort(byOffset.begin(), byOffset.end(), [&](size_t a, size_t b) { return localOffsets[a] < localOffsets[b]; });
    for (size_t i = 0; i + 1 < byOffset.size(); ++i) {
        ZipEntry& entry = m_entries[byOffset[i]];
        if (entry.dataOffset + entry.storedSize > localOffsets[byOffset[i + 1]])
            entry.problem = "its data overlaps that of another entry";
    }
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : &m_entries[found->second];
}

Result<ZipData> ZipArchive::read(std::string_view name, bool checkSum) const {
    const ZipEntry* entry = find(name);
    if (!entry)
        return Diagnostic{"this entry is missing", whereIs(name), "the archive is incomplete; save it again"};
    return read(*entry, checkSum);
}

Result<ZipData> ZipArchive::read(const ZipEntry& entry, bool checkSum) const {
    if (!entry.problem.empty())
        return Diagnostic{"this entry cannot be read: " + entry.problem, whereIs(entry.name), ""};
    ZipData data;
    if (entry.method == 0) {
        data.bytes = m_bytes.subspan(entry.dataOffset, entry.storedSize);
    } else {
        FX_TRY(data, inflate(entry));
    }
    if (checkSum && ::crc32_z(0, reinterpret_cast<const Bytef*>(data.bytes.data()), data.bytes.size()) != entry.crc)
        return Diagnostic{"the checksum of this entry is wrong", whereIs(entry.name),
                          "the file is damaged; copy it again"};
    return data;
}

Result<ZipData> ZipArchive::inflate(const ZipEntry& entry) const {
    const bool bomb = entry.size > (16u << 20) && entry.size / 1000 > entry.storedSize;
    if (bomb || entry.size > limits().inflated || (m_inflated += entry.size) > limits().inflated)
        return Diagnostic{"this entry would unpack to " + std::to_string(entry.size) + " bytes", whereIs(entry.name),
                          "store it without compression"};
    auto memory = std::make_shared<std::vector<std::byte>>(entry.size);
    z_stream stream{};
    if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return Diagnostic{"zlib has no memory", whereIs(entry.name), ""};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(m_bytes.data() + entry.dataOffset));
    stream.next_out = reinterpret_cast<Bytef*>(memory->data());
    stream.avail_in = static_cast<uInt>(entry.storedSize);
    stream.avail_out = static_cast<uInt>(entry.size);
    const int status = ::inflate(&stream, Z_FINISH);
    const bool whole = status == Z_STREAM_END && stream.total_out == entry.size;
    ::inflateEnd(&stream);
    if (!whole)
        return Diagnostic{"the compressed data of this entry is damaged", whereIs(entry.name), "copy the file again"};
    return ZipData{{memory->data(), memory->size()}, memory};
}

} // namespace fxscope::io
