// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/file.h"
#include "core/support/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fxscope::io {

struct ZipEntry {
    std::string_view name; ///< views the archive; not safe to show or to use as a path
    uint64_t size = 0, storedSize = 0;
    uint64_t dataOffset = 0;
    uint32_t crc = 0;
    uint16_t method = 0;
    std::string problem; ///< why it must not be read; empty: fine
};

/// Bytes of an entry: a view of the archive if it was stored, else unpacked memory that `owner` holds.
struct ZipData {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
    std::string_view text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

/// A zip archive in memory, read by its central directory only; nothing in it is trusted. The bytes must outlive it.
class ZipArchive {
public:
    /// Errors: not a zip, a damaged directory, more entries than Limits::zipEntries. `file`: whose mapping the bytes
    /// are; then the pages that are looked at for the entries' headers are given back.
    static Result<ZipArchive> open(std::span<const std::byte> bytes, const std::string& where,
                                   const MappedFile* file = nullptr);

    const std::vector<ZipEntry>& entries() const { return m_entries; }
    const ZipEntry* find(std::string_view name) const;
    /// Errors: the entry's problem, damaged data. `checkSum`: also compares the CRC, which reads every byte.
    Result<ZipData> read(const ZipEntry& entry, bool checkSum = true) const;
    /// The same by name; error if there is no such entry.
    Result<ZipData> read(std::string_view name, bool checkSum = true) const;
    std::string whereIs(std::string_view name) const; ///< "file, entry name", for diagnostics

private:
    struct Directory {
        uint64_t offset = 0, size = 0, count = 0;
    };
    ZipArchive(std::span<const std::byte> bytes, std::string where, const MappedFile* file)
        : m_bytes(bytes), m_where(std::move(where)), m_file(file) {}
    Diagnostic damaged(const std::string& how) const;
    std::vector<uint64_t> endRecords() const;
    Result<Done> readDirectory();
    Result<Directory> directoryAt(uint64_t endRecord) const;
    Result<Directory> zip64Directory(uint64_t endRecord, Directory plain) const;
    Result<Done> readEntries(const Directory& directory);
    void readLocalHeader(ZipEntry& entry, uint64_t localOffset, uint64_t limit) const;
    void refuseOverlaps(const std::vector<uint64_t>& localOffsets);
    Result<ZipData> inflate(const ZipEntry& entry) const;

    std::span<const std::byte> m_bytes;
    std::string m_where;
    const MappedFile* m_file;
    std::vector<ZipEntry> m_entries;
    std::unordered_map<std::string_view, size_t> m_byName;
    mutable uint64_t m_inflated = 0; ///< in all, against Limits::inflated
};

} // namespace fxscope::io
