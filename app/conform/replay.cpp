// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/conform.h"
#include "app/conform/explain_conform.h"
#include "app/conform/ops_conform.h"
#include "app/conform/passes_conform.h"
#include "app/conform/records.h"
#include "core/pattern/pattern_set.h"

#include <algorithm>
#include <filesystem>

namespace fxscope::conform {
namespace {

namespace fs = std::filesystem;

/// A kind of records in one JSON file, told by the members of its first record.
struct Kind {
    const char* name;
    std::vector<const char*> members;
    Result<Report> (*replay)(const std::string& path, const ReplayOptions& options);
};

template <Result<Report> (*replay)(const std::string&, Backend&)>
Result<Report> onDevice(const std::string& path, const ReplayOptions& options) {
    return replay(path, options.backend);
}

Result<Report> replayIndexRewrites(const std::string& path, const ReplayOptions& options) {
    const bool ours = options.patterns.empty() || isProvenPatternSet(options.patterns);
    return ours ? replayRandpermRewrites(path, options.patterns, options.backend)
                : replayRandpermTraced(path, options.patterns);
}

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"operator calls", {"op", "schema", "cases"}, onDevice<replayOperator>},
        {"randperm streams", {"device", "seed", "n", "sha256_first"}, onDevice<replayRandperm>},
        {"random streams", {"device", "seed", "n", "op", "values"}, onDevice<replayRandom>},
        {"index rewrites", {"name", "shapes", "decomp"}, replayIndexRewrites},
        {"NumPy keywords", {"name", "before", "after", "count"}, onDevice<replayNumpyKwargs>},
        {"matcher answers",
         {"sets", "patterns", "cases"},
         [](const std::string& path, const ReplayOptions&) { return replayExplanations(path); }},
    };
    return all;
}

/// Null: none that is known.
const Kind* kindOf(const Json& json) {
    const Json& record = json.is_array() && !json.empty() ? json.front() : json;
    for (const Kind& kind : kinds())
        if (record.is_object() && std::all_of(kind.members.begin(), kind.members.end(),
                                              [&](const char* key) { return record.contains(key); }))
            return &kind;
    return nullptr;
}

std::string knownKinds() {
    std::string names;
    for (const Kind& kind : kinds())
        names += std::string(kind.name) + ", ";
    return names + "programs (.pt2 with recorded values)";
}

Result<Report> replayFile(const std::string& path, const ReplayOptions& options) {
    if (fs::path(path).extension() == ".pt2")
        return replayProgram(path, options.backend);
    FX_TRY(const Json json, readJson(path));
    const Kind* kind = kindOf(json);
    if (!kind)
        return Diagnostic{"no kind of recorded results is known to look like this", path, "known are: " + knownKinds()};
    return kind->replay(path, options);
}

/// Everything in a folder and below that can be replayed; other files are passed over.
Result<Report> replayFolder(const std::string& path, const ReplayOptions& options) {
    Report report;
    std::vector<std::string> folders{path}, files;
    std::error_code ignored;
    for (const auto& entry :
         fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, ignored)) {
        if (entry.is_directory(ignored))
            folders.push_back(entry.path().string());
        if (entry.path().extension() == ".json")
            if (const auto json = readJson(entry.path().string()); json && kindOf(*json))
                files.push_back(entry.path().string());
    }
    for (const std::string& folder : folders)
        for (std::string& program : recordedPrograms(folder))
            files.push_back(std::move(program));
    std::sort(files.begin(), files.end());
    if (files.empty())
        return Diagnostic{"no recorded results in this folder", path, "known are: " + knownKinds()};
    for (const std::string& file : files) {
        FX_TRY(const Report part, replayFile(file, options));
        report.add(part);
    }
    return report;
}

} // namespace

Result<Report> replay(const std::string& path, const ReplayOptions& options) {
    std::error_code ignored;
    return fs::is_directory(path, ignored) ? replayFolder(path, options) : replayFile(path, options);
}

} // namespace fxscope::conform
