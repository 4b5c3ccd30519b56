// SPDX-License-Identifier: BSD-3-Clause
// What tlparse writes: the log itself, or without it one file a payload, named by type and running number.
#include "core/io/folders.h"
#include "core/io/stages.h"
#include "core/io/trace_capture.h"
#include "core/support/file.h"
#include "core/support/folder.h"
#include "core/support/text.h"

#include <algorithm>
#include <deque>
#include <filesystem>

namespace fxscope::io {
namespace {

namespace fs = std::filesystem;

bool hasFile(const std::string& folder, const char* name) {
    std::error_code ignored;
    return fs::is_regular_file(fs::path(folder) / name, ignored);
}
bool isOneRank(const std::string& folder) {
    return hasFile(folder, "raw.jsonl") || hasFile(folder, "compile_directory.json") ||
           (hasFile(folder, "raw.log") && hasFile(folder, "index.html"));
}

std::vector<std::string> rankFolders(const std::string& folder) {
    std::vector<std::pair<int64_t, std::string>> found;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename().string();
        const auto rank = name.starts_with("rank_") ? parseInt(std::string_view(name).substr(5)) : std::nullopt;
        if (rank && isOneRank(entry.path().string()))
            found.emplace_back(*rank, entry.path().string());
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> folders;
    for (auto& [rank, path] : found)
        folders.push_back(std::move(path));
    return folders;
}

/// One payload's file: "0_0_0/aot_joint_graph_12.txt", in newer versions "-_0_0_0/...".
struct PayloadFile {
    int64_t number = 0;
    TraceRecord record;
    std::shared_ptr<const MappedFile> file;
};

/// Compile ids of the folder's name: CA_FRAME_COMPILE_ATTEMPT, "-" for none; false if it is no such name.
bool readIds(std::string_view folder, TraceRecord& record) {
    const auto parts = split(folder, '_');
    if (parts.size() < 3 || parts.size() > 4)
        return folder.starts_with("unknown_");
    const auto value = [&](size_t fromEnd) {
        return parts.size() < fromEnd ? -1 : parseInt(parts[parts.size() - fromEnd]).value_or(-1);
    };
    record.attempt = std::max<int64_t>(value(1), 0);
    record.compile = value(2);
    record.frame = value(3);
    record.compiledAutograd = value(4);
    return record.frame >= 0 || record.compiledAutograd >= 0 || folder.starts_with('-');
}

/// What keeps the mapped files and their names alive.
struct PayloadFiles {
    std::deque<std::string> names;
    std::vector<PayloadFile> files;
};

/// Type and number of "aot_joint_graph_12.txt".
bool readName(std::string_view stem, PayloadFile& file) {
    const size_t end = stem.rfind('_');
    const auto number = end == std::string_view::npos ? std::nullopt : parseInt(stem.substr(end + 1));
    if (!number)
        return false;
    file.number = *number;
    file.record.name = stem.substr(0, end);
    const auto type = traceTypeOf(file.record.name);
    file.record.type = type.value_or(TraceType::Graph);
    return type.has_value();
}

Result<Capture> rebuild(const std::string& folder) {
    auto found = std::make_shared<PayloadFiles>();
    for (const std::string& path : filesBelow(folder)) {
        const fs::path relative = fs::path(path).lexically_relative(folder);
        if (std::distance(relative.begin(), relative.end()) != 2)
            continue;
        const std::string& name = found->names.emplace_back(relative.string());
        const size_t slash = name.find('/'), dot = name.rfind('.');
        PayloadFile file;
        const std::string_view stem =
            std::string_view(name).substr(slash + 1, dot == std::string::npos ? dot : dot - slash - 1);
        if (!readIds(std::string_view(name).substr(0, slash), file.record) || !readName(stem, file))
            continue;
        FX_TRY(file.file, MappedFile::open(path));
        file.record.payload = file.file->text();
        file.record.file = name;
        found->files.push_back(std::move(file));
    }
    std::stable_sort(found->files.begin(), found->files.end(),
                     [](const PayloadFile& a, const PayloadFile& b) { return a.number < b.number; });
    TraceIndex index;
    for (const PayloadFile& file : found->files)
        index.records.push_back(file.record);
    Capture capture;
    addTimeline({folder, {}, found, {}}, index, capture);
    if (capture.graphs.empty())
        return Diagnostic{"this output of tlparse holds no graph", folder, "run tlparse on the log again"};
    capture.notes.push_back(
        {"the log itself (raw.log) is not in this folder; stages are put in order by the numbers of "
         "their files",
         folder, "", Severity::Note});
    return capture;
}

Result<Capture> openRank(const std::string& folder, const Cancel& cancel) {
    return hasFile(folder, "raw.log") ? io::open((fs::path(folder) / "raw.log").string(), cancel) : rebuild(folder);
}

} // namespace

bool isParsedLog(const std::string& folder) { return isOneRank(folder) || !rankFolders(folder).empty(); }

Result<Capture> openParsedLog(const std::string& folder, const Cancel& cancel) {
    if (isOneRank(folder))
        return openRank(folder, cancel);
    Capture capture;
    for (const std::string& rank : rankFolders(folder)) {
        std::string label = fs::path(rank).filename().string();
        label.erase(4, 1); // rank_0 -> rank0
        auto part = openRank(rank, cancel);
        if (part.ok()) {
            append(capture, std::move(part).value(), label + ":");
        } else {
            capture.notes.push_back(part.error());
            capture.notes.back().severity = Severity::Warning;
        }
    }
    if (capture.graphs.empty())
        return capture.notes.front();
    return capture;
}

} // namespace fxscope::io
