// SPDX-License-Identifier: BSD-3-Clause
#include "core/support/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fxscope {
namespace {

Diagnostic systemError(const std::string& what, const std::string& path, const std::string& next) {
    return {what + ": " + std::strerror(errno), path, next};
}

struct Descriptor {
    int fd;
    ~Descriptor() {
        if (fd >= 0)
            ::close(fd);
    }
};

} // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0)
        return errno == ENOENT ? Diagnostic{"no such file", path, "check the path"}
                               : systemError("cannot open", path, "check the permissions");
    struct stat info {};
    if (::fstat(file.fd, &info) != 0)
        return systemError("cannot read", path, "");
    if (S_ISDIR(info.st_mode))
        return Diagnostic{"this is a folder, a file is wanted here", path, "name a file in it"};
    if (!S_ISREG(info.st_mode))
        return Diagnostic{"not a regular file", path, "name a file on disk"};
    const auto size = static_cast<size_t>(info.st_size);
    const std::byte* data = nullptr;
    if (size != 0) {
        void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
        if (mapped == MAP_FAILED)
            return systemError("cannot map", path, "");
        data = static_cast<const std::byte*>(mapped);
    }
    return std::shared_ptr<const MappedFile>(new MappedFile(path, data, size));
}

void MappedFile::release(std::string_view part) const {
    const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto start = reinterpret_cast<uintptr_t>(m_data), from = reinterpret_cast<uintptr_t>(part.data());
    if (from < start || part.size() > m_size || from - start > m_size - part.size())
        return;
    const uintptr_t first = (from + page - 1) / page * page, last = (from + part.size()) / page * page;
    if (first < last)
        ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

MappedFile::~MappedFile() {
    if (m_data)
        ::munmap(const_cast<std::byte*>(m_data), m_size);
}

Result<Done> writeFile(const std::string& path, std::string_view content) {
    const std::string temporary = path + ".part" + std::to_string(::getpid());
    std::FILE* file = std::fopen(temporary.c_str(), "wb");
    if (!file)
        return systemError("cannot write", path, "check that the folder exists and may be written");
    const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
    const bool closed = std::fclose(file) == 0;
    if (!written || !closed || std::rename(temporary.c_str(), path.c_str()) != 0) {
        Diagnostic error = systemError("cannot write", path, "check the free space and the permissions");
        std::remove(temporary.c_str());
        return error;
    }
    return Done{};
}

} // namespace fxscope
