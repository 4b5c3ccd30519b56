// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fxscope {

/// A file mapped read-only for as long as the object lives. Shared: tensors keep the mapping they view alive.
class MappedFile {
public:
    /// Errors: missing, a folder, unreadable. An empty file maps to an empty span.
    static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }
    std::string_view text() const { return {reinterpret_cast<const char*>(m_data), m_size}; }
    const std::string& path() const { return m_path; }
    /// Gives the memory of these bytes of the file back; they are read again when somebody looks. Others are ignored.
    void release(std::string_view part) const;

private:
    MappedFile(std::string path, const std::byte* data, size_t size)
        : m_path(std::move(path)), m_data(data), m_size(size) {}
    std::string m_path;
    const std::byte* m_data;
    size_t m_size;
};

/// Writes beside `path` and renames over it, so that a failure leaves what was there.
Result<Done> writeFile(const std::string& path, std::string_view content);

} // namespace fxscope
