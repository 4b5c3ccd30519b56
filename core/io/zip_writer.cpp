// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/zip_writer.h"

#include "core/io/bytes.h"

#include <zlib.h>

namespace fxscope::io {
namespace {

constexpr uint64_t kAlignment = 64, kLocalHeaderSize = 30, kLimit32 = 0xFFFFFFFF;
constexpr uint16_t kUtf8Flag = 0x0800, kZip64Version = 45, kVersion = 20, kDate1980 = 0x21;

/// Extra data of at least 4 bytes ("FB", length, that many Z) so that what follows is aligned.
std::string padding(uint64_t at) {
    uint64_t size = (kAlignment - at % kAlignment) % kAlignment;
    if (size < 4)
        size += kAlignment;
    std::string extra = "FB";
    appendNumber(extra, static_cast<uint16_t>(size - 4));
    extra.append(size - 4, 'Z');
    return extra;
}

uint32_t clamp32(uint64_t value) { return static_cast<uint32_t>(value < kLimit32 ? value : kLimit32); }

/// Sizes that do not fit 32 bits, in Zip64's extra field; empty if all fit.
std::string zip64Extra(std::initializer_list<uint64_t> values) {
    std::string fields;
    for (const uint64_t value : values)
        if (value >= kLimit32)
            appendNumber(fields, value);
    if (fields.empty())
        return fields;
    std::string extra;
    appendNumber(extra, uint16_t{1});
    appendNumber(extra, static_cast<uint16_t>(fields.size()));
    return extra + fields;
}

/// What local headers and directory entries share: flags, method, time, date, crc, sizes, name length.
void appendCommon(std::string& out, uint32_t crc, uint64_t size, size_t nameSize) {
    appendNumber(out, kUtf8Flag);
    appendNumber(out, uint16_t{0}); // stored
    appendNumber(out, uint16_t{0});
    appendNumber(out, kDate1980);
    appendNumber(out, crc);
    appendNumber(out, clamp32(size));
    appendNumber(out, clamp32(size));
    appendNumber(out, static_cast<uint16_t>(nameSize));
}

} // namespace

void ZipWriter::add(std::string name, std::string_view data) {
    Entry entry{std::move(name), m_out.size(), data.size(), 0};
    entry.crc = static_cast<uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()));
    std::string extra;
    if (entry.size >= kLimit32) { // both sizes belong in a local header's field
        appendNumber(extra, uint16_t{1});
        appendNumber(extra, uint16_t{16});
        appendNumber(extra, entry.size);
        appendNumber(extra, entry.size);
    }
    extra += padding(m_out.size() + kLocalHeaderSize + entry.name.size() + extra.size());
    m_out += "PK\3\4";
    appendNumber(m_out, entry.size >= kLimit32 ? kZip64Version : kVersion);
    appendCommon(m_out, entry.crc, entry.size, entry.name.size());
    appendNumber(m_out, static_cast<uint16_t>(extra.size()));
    m_out += entry.name;
    m_out += extra;
    m_out += data;
    m_entries.push_back(std::move(entry));
}

void ZipWriter::appendDirectoryEntry(const Entry& entry) {
    const std::string extra = zip64Extra({entry.size, entry.size, entry.offset});
    const uint16_t version = extra.empty() ? kVersion : kZip64Version;
    m_out += "PK\1\2";
    appendNumber(m_out, version);
    appendNumber(m_out, version);
    appendCommon(m_out, entry.crc, entry.size, entry.name.size());
    appendNumber(m_out, static_cast<uint16_t>(extra.size()));
    appendNumber(m_out, uint16_t{0}); // comment
    appendNumber(m_out, uint16_t{0}); // disk
    appendNumber(m_out, uint16_t{0}); // internal attributes
    appendNumber(m_out, uint32_t{0}); // external attributes
    appendNumber(m_out, clamp32(entry.offset));
    m_out += entry.name;
    m_out += extra;
}

std::string ZipWriter::finish() {
    const uint64_t start = m_out.size();
    for (const Entry& entry : m_entries)
        appendDirectoryEntry(entry);
    const uint64_t end = m_out.size(), count = m_entries.size();
    m_out += "PK\6\6"; // Zip64's end record and its locator, always: the loader of PyTorch writes them too
    appendNumber(m_out, uint64_t{44});
    appendNumber(m_out, kZip64Version);
    appendNumber(m_out, kZip64Version);
    appendNumber(m_out, uint32_t{0});
    appendNumber(m_out, uint32_t{0});
    appendNumber(m_out, count);
    appendNumber(m_out, count);
    appendNumber(m_out, end - start);
    appendNumber(m_out, start);
    m_out += "PK\6\7";
    appendNumber(m_out, uint32_t{0});
    appendNumber(m_out, end);
    appendNumber(m_out, uint32_t{1});
    m_out += "PK\5\6";
    appendNumber(m_out, uint32_t{0});
    appendNumber(m_out, static_cast<uint16_t>(count < 0xFFFF ? count : 0xFFFF));
    appendNumber(m_out, static_cast<uint16_t>(count < 0xFFFF ? count : 0xFFFF));
    appendNumber(m_out, clamp32(end - start));
    appendNumber(m_out, clamp32(start));
    appendNumber(m_out, uint16_t{0});
    return std::move(m_out);
}

} // namespace fxscope::io
