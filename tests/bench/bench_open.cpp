// SPDX-License-Identifier: BSD-3-Clause
// bench_open PATH...: every file with graphs below the paths: form, graphs, nodes, edges, milliseconds until all graphs
// are there (median of several, and the slowest), and the memory that this takes at most: resident pages, pages of the
// file among them, and what is allocated; of .pt2 also how often the latter holds the JSON of its programs. Memory is
// that of a process that has opened the file before, so that the program's own pages are no part of it.
// bench_open --index LOG [MIB]: speed of indexing a structured log, repeated in memory to so many MiB.
#include "core/io/capture.h"
#include "core/io/trace_timeline.h"
#include "core/io/zip_reader.h"
#include "core/support/file.h"
#include "core/support/folder.h"
#include "core/support/text.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <malloc.h>
#include <new>
#include <sys/wait.h>
#include <unistd.h>

using namespace fxscope;

namespace {

size_t allocated = 0, mostAllocated = 0; ///< bytes; only one thread reads files here

} // namespace

void* operator new(size_t size) {
    void* memory = std::malloc(size);
    if (!memory)
        throw std::bad_alloc();
    mostAllocated = std::max(mostAllocated, allocated += ::malloc_usable_size(memory));
    return memory;
}
void operator delete(void* memory) noexcept {
    allocated -= ::malloc_usable_size(memory);
    std::free(memory);
}
void operator delete(void* memory, size_t) noexcept { operator delete(memory); }

namespace {

double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

struct Content {
    std::string form;
    size_t graphs = 0, nodes = 0, edges = 0;
};

/// Everything the file holds; nothing if it holds no graph.
std::optional<Content> readAll(const std::string& path) {
    const auto capture = io::open(path);
    if (!capture.ok() || capture->graphs.empty())
        return std::nullopt;
    Content content{capture->form, capture->graphs.size()};
    for (size_t i = 0; i < capture->graphs.size(); ++i) {
        const auto entry = capture->load(i);
        if (!entry.ok() || !entry->graph)
            continue;
        content.nodes += entry->graph->size();
        for (const NodeId id : entry->graph->order())
            content.edges += (*entry->graph)[id].users.size();
    }
    return content;
}

/// A line of this process's status, in KiB.
long statusKiB(std::string_view key) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key))
            return std::strtol(line.c_str() + key.size(), nullptr, 10);
    return 0;
}

/// Bytes of the programs in a .pt2; 0 for everything else.
uint64_t programBytes(const std::string& path) {
    uint64_t bytes = 0;
    const auto file = MappedFile::open(path);
    const auto zip = file.ok() ? io::ZipArchive::open((*file)->bytes(), path) : Result<io::ZipArchive>(file.error());
    if (zip.ok())
        for (const io::ZipEntry& entry : zip->entries())
            if (entry.name.find("/models/") != std::string_view::npos && entry.name.ends_with(".json"))
                bytes += entry.size;
    return bytes;
}

/// What a fresh process prints for bench_open --peak FILE: MiB resident, MiB allocated, and how many times the JSON.
int printPeak(const std::string& path) {
    const uint64_t json = programBytes(path);
    readAll(path);
    ::malloc_trim(0);
    std::ofstream("/proc/self/clear_refs") << "5"; // VmHWM becomes VmRSS
    const long before = statusKiB("VmRSS:");
    const size_t allocatedBefore = mostAllocated = allocated;
    readAll(path);
    const auto bytes = static_cast<double>(mostAllocated - allocatedBefore);
    std::printf("%7.1f %7.1f", static_cast<double>(statusKiB("VmHWM:") - before) / 1024, bytes / 1048576);
    if (json > 0)
        std::printf(" %6.2f", bytes / static_cast<double>(json));
    return 0;
}

std::string peaksOf(const std::string& path) {
    std::string self(4096, '\0');
    self.resize(static_cast<size_t>(std::max<ssize_t>(::readlink("/proc/self/exe", self.data(), self.size()), 0)));
    int channel[2];
    if (self.empty() || ::pipe(channel) != 0)
        return "?";
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(channel[1], STDOUT_FILENO);
        ::execl(self.c_str(), self.c_str(), "--peak", path.c_str(), nullptr);
        ::_exit(1);
    }
    ::close(channel[1]);
    std::string printed(64, '\0');
    const ssize_t size = child < 0 ? 0 : ::read(channel[0], printed.data(), printed.size());
    ::close(channel[0]);
    ::waitpid(child, nullptr, 0);
    printed.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
    return std::string(printed.c_str());
}

void report(const std::string& path, const std::string& shown) {
    const auto content = readAll(path); // warm
    if (!content)
        return;
    std::vector<double> times;
    for (int run = 0; run < 15 && (run < 5 || times[0] < 200); ++run) {
        const auto start = std::chrono::steady_clock::now();
        readAll(path);
        times.push_back(since(start));
    }
    std::sort(times.begin(), times.end());
    std::printf("%-58s %-20s %6zu %8zu %8zu %9.2f %9.2f %s\n", shown.c_str(), content->form.c_str(), content->graphs,
                content->nodes, content->edges, times[times.size() / 2], times.back(), peaksOf(path).c_str());
    std::fflush(stdout);
}

int benchFiles(int argc, char** argv) {
    std::printf("%-58s %-20s %6s %8s %8s %9s %9s %7s %7s %6s\n", "file", "form", "graphs", "nodes", "edges",
                "median ms", "worst ms", "MiB", "alloc", "x JSON");
    for (int i = 1; i < argc; ++i) {
        const std::string path = argv[i];
        const bool folder = std::filesystem::is_directory(path);
        if (!folder || io::isCaptureFolder(path))
            report(path, path);
        if (folder)
            for (const std::string& file : filesBelow(path))
                report(file, std::filesystem::path(file).lexically_relative(path).string());
    }
    return 0;
}

int benchIndex(const std::string& path, size_t mebibytes) {
    const auto file = MappedFile::open(path);
    if (!file.ok())
        return std::fprintf(stderr, "%s\n", file.error().str().c_str()), 2;
    auto log = std::make_shared<std::string>();
    while (log->size() < mebibytes << 20)
        *log += (*file)->text();
    for (int run = 0; run < 5; ++run) {
        const auto start = std::chrono::steady_clock::now();
        const auto index = io::indexTrace({"log", *log, log, {}});
        const double indexed = since(start);
        if (!index.ok())
            return 1;
        const auto attempts = io::traceTimeline(*index);
        const double sorted = since(start);
        const double mb = static_cast<double>(log->size()) / 1e6;
        std::printf("%.0f MB, %zu records, %zu kept, %zu compiles: index %.0f MB/s, with the timeline %.0f MB/s\n", mb,
                    index->count, index->records.size(), attempts.size(), mb / indexed * 1e3, mb / sorted * 1e3);
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc >= 3 && std::string_view(argv[1]) == "--index")
        return benchIndex(argv[2], static_cast<size_t>(argc > 3 ? parseInt(argv[3]).value_or(512) : 512));
    if (argc == 3 && std::string_view(argv[1]) == "--peak")
        return printPeak(argv[2]);
    return argc > 1 ? benchFiles(argc, argv) : (std::fprintf(stderr, "bench_open PATH...\n"), 2);
}
