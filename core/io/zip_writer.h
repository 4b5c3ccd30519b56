// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope::io {

/// Makes a zip archive in memory: entries are stored, their data aligned to 64 bytes, as PyTorch's loader maps them.
class ZipWriter {
public:
    void add(std::string name, std::string_view data);
    std::string finish(); ///< the archive; nothing may be added afterwards

private:
    struct Entry {
        std::string name;
        uint64_t offset = 0, size = 0;
        uint32_t crc = 0;
    };
    void appendDirectoryEntry(const Entry& entry);

    std::string m_out;
    std::vector<Entry> m_entries;
};

} // namespace fxscope::io
