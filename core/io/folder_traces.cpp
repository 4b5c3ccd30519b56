// SPDX-License-Identifier: BSD-3-Clause
// A folder of logs of TORCH_TRACE, one a process.
#include "core/io/folders.h"
#include "core/io/gzip.h"
#include "core/io/stages.h"
#include "core/io/trace_index.h"
#include "core/support/file.h"
#include "core/support/text.h"

#include <algorithm>
#include <filesystem>

namespace fxscope::io {
namespace {

namespace fs = std::filesystem;

/// Packed logs are known by their names alone: looking into each would unpack it.
bool isTraceFile(const std::string& path) {
    const std::string name = fs::path(path).filename().string();
    if (name.ends_with(".gz"))
        return name.find("torch_trace") != std::string::npos;
    const auto file = MappedFile::open(path);
    return file.ok() && looksLikeTrace((*file)->text());
}

std::vector<std::string> traceFiles(const std::string& folder, size_t limit) {
    std::vector<std::string> files;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
        if (std::error_code unknown; entry.is_regular_file(unknown) && isTraceFile(entry.path().string())) {
            files.push_back(entry.path().string());
            if (files.size() >= limit)
                break;
        }
    return files;
}

/// "rank3" of dedicated_log_torch_trace_rank_3_x1y2.log, else the name without what all such files share.
std::string labelOf(const std::string& path) {
    std::string name = fs::path(path).filename().string();
    if (const size_t rank = name.find("rank_"); rank != std::string::npos) {
        size_t end = rank + 5;
        while (end < name.size() && name[end] >= '0' && name[end] <= '9')
            ++end;
        if (end > rank + 5)
            return "rank" + name.substr(rank + 5, end - rank - 5);
    }
    for (const std::string_view ending : {".gz", ".log", ".txt"})
        if (name.ends_with(ending))
            name.resize(name.size() - ending.size());
    constexpr std::string_view kCommon = "dedicated_log_torch_trace_";
    return name.starts_with(kCommon) ? name.substr(kCommon.size()) : name;
}

/// rank2 before rank10.
bool labelLess(const std::string& a, const std::string& b) {
    const auto number = [](const std::string& label) {
        return label.starts_with("rank") ? parseInt(std::string_view(label).substr(4)).value_or(-1) : -1;
    };
    return std::pair(number(a), std::string_view(a)) < std::pair(number(b), std::string_view(b));
}

} // namespace

bool isTraceFolder(const std::string& folder) { return !traceFiles(folder, 1).empty(); }

Result<Capture> openTraceFolder(const std::string& folder, const Cancel& cancel) {
    std::vector<std::pair<std::string, std::string>> files;
    for (std::string& path : traceFiles(folder, SIZE_MAX))
        files.emplace_back(labelOf(path), std::move(path));
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return labelLess(a.first, b.first) || (a.first == b.first && a.second < b.second);
    });
    Capture capture;
    std::set<std::string> labels;
    for (const auto& [label, path] : files) {
        std::string unique = label;
        for (int number = 2; !labels.insert(unique).second; ++number)
            unique = label + "." + std::to_string(number);
        auto part = io::open(path, cancel);
        if (part.ok()) {
            append(capture, std::move(part).value(), files.size() > 1 ? unique + ":" : "");
        } else {
            capture.notes.push_back(part.error());
            capture.notes.back().severity = Severity::Warning;
        }
    }
    if (capture.graphs.empty())
        return capture.notes.empty() ? Diagnostic{"there is no log in this folder", folder, ""} : capture.notes.front();
    return capture;
}

} // namespace fxscope::io
