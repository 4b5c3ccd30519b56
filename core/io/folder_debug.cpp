// SPDX-License-Identifier: BSD-3-Clause
// torch_compile_debug: a folder a graph that Inductor compiled.
#include "core/io/folders.h"
#include "core/io/node_links.h"
#include "core/io/stages.h"
#include "core/support/file.h"
#include "core/support/folder.h"
#include "core/support/text.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <tuple>

namespace fxscope::io {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kGraphs{"fx_graph_runnable.py", "fx_graph_readable.py",
                                                  "fx_graph_transformed.py"};
constexpr std::string_view kCode = "output_code.py", kLinks = "inductor_provenance_tracking_node_mappings.json",
                           kKernelLinks = "inductor_generated_kernel_to_post_grad_nodes.json";

bool isFile(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

/// "model__16_forward_12.6": AOT id, direction, counter of graphs, counter of folders.
struct ModelFolder {
    std::string path, run, model, direction; ///< run: empty if there is one only
    int64_t aot = -1, order = -1;
};

bool isModelName(std::string_view name) { return name.starts_with("model__"); }

ModelFolder parseFolder(const fs::path& path) {
    ModelFolder folder{path.string(), {}, path.filename().string(), {}};
    const fs::path above =
        path.parent_path().filename() == "torchinductor" ? path.parent_path().parent_path() : fs::path();
    if (above.filename().string().starts_with("run_"))
        folder.run = above.filename().string();
    std::string_view name = folder.model;
    if (!isModelName(name))
        return folder;
    name.remove_prefix(7);
    const auto parts = split(name, '_');
    if (parts.size() != 3)
        return folder;
    folder.aot = parseInt(parts[0]).value_or(-1);
    folder.direction = parts[1];
    const size_t dot = parts[2].find('.');
    folder.order = dot == std::string_view::npos ? -1 : parseInt(parts[2].substr(dot + 1)).value_or(-1);
    return folder;
}

bool holdsGraphs(const fs::path& path) {
    for (const std::string_view name : kGraphs)
        if (isFile(path / name))
            return true;
    return isFile(path / kCode);
}

std::vector<ModelFolder> modelFolders(const std::string& root) {
    std::vector<ModelFolder> folders;
    std::set<std::string> seen;
    for (const std::string& file : filesBelow(root)) {
        const fs::path folder = fs::path(file).parent_path();
        if (seen.insert(folder.string()).second && holdsGraphs(folder))
            folders.push_back(parseFolder(folder));
    }
    const bool oneRun = std::all_of(folders.begin(), folders.end(),
                                    [&](const ModelFolder& folder) { return folder.run == folders[0].run; });
    for (ModelFolder& folder : folders)
        folder.run = oneRun ? "" : folder.run;
    std::stable_sort(folders.begin(), folders.end(), [](const ModelFolder& a, const ModelFolder& b) {
        return std::tuple(a.run, a.aot, a.direction == "backward", a.order) <
               std::tuple(b.run, b.aot, b.direction == "backward", b.order);
    });
    return folders;
}

Result<ReadGraph> readFile(const std::string& path) {
    FX_TRY(const auto file, MappedFile::open(path));
    return readOneGraph({path, file->text(), file, {}});
}

Result<NodeLinks> readLinksOf(const ModelFolder& folder) {
    NodeLinks links;
    for (const std::string_view name : {kLinks, kKernelLinks}) {
        const std::string path = (fs::path(folder.path) / name).string();
        if (!isFile(path) || !links.kernels.empty())
            continue;
        FX_TRY(const auto file, MappedFile::open(path));
        FX_TRY(NodeLinks more, readNodeLinks(file->text(), path));
        links.preToPost.merge(more.preToPost);
        links.postToPre.merge(more.postToPre);
        links.kernels = std::move(more.kernels);
    }
    const std::string code = (fs::path(folder.path) / kCode).string();
    if (isFile(code)) {
        FX_TRY(const auto file, MappedFile::open(code));
        fitToCode(links, file->text(), code);
    }
    addSources(links);
    return links;
}

void addFolder(const ModelFolder& folder, StageList& stages, Capture& capture) {
    std::string compile = folder.aot < 0 ? folder.model : std::to_string(folder.aot);
    if (!folder.run.empty())
        compile = folder.run + ":" + compile;
    const std::string prefix = folder.direction.empty() ? "" : folder.direction + "/";
    InductorRun run{compile, folder.direction, -1, -1, nullptr};
    int previous = -1;
    for (const std::string_view name : kGraphs) {
        const fs::path path = fs::path(folder.path) / name;
        if (!isFile(path))
            continue;
        std::error_code ignored;
        const auto bytes = fs::file_size(path, ignored);
        previous =
            stages.add({compile, prefix + path.stem().string(), previous, ignored ? 0 : static_cast<size_t>(bytes)},
                       [path = path.string()] { return readFile(path); });
        if (name == "fx_graph_transformed.py")
            run.result = previous;
    }
    if (!isFile(fs::path(folder.path) / kCode)) {
        capture.notes.push_back(
            {"this compile ended before its code was written (no output_code.py)", folder.path, "", Severity::Warning});
        return;
    }
    run.links = std::make_shared<const Lazy<NodeLinks>>([folder] { return readLinksOf(folder); });
    capture.runs.push_back(std::move(run));
}

} // namespace

bool isDebugFolder(const std::string& folder) {
    std::error_code ignored;
    if (holdsGraphs(folder))
        return true;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename().string();
        std::error_code unknown;
        if (!entry.is_directory(unknown))
            continue;
        if (name == "torchinductor" || (isModelName(name) && holdsGraphs(entry.path())) ||
            (name.starts_with("run_") && fs::is_directory(entry.path() / "torchinductor", unknown)))
            return true;
    }
    return false;
}

Result<Capture> openDebugFolder(const std::string& folder, const Cancel&) {
    Capture capture;
    StageList stages(capture);
    for (const ModelFolder& model : modelFolders(folder))
        addFolder(model, stages, capture);
    if (capture.graphs.empty())
        return Diagnostic{"this debug folder holds no graph", folder, "TORCH_COMPILE_DEBUG=1 python ... writes them"};
    return capture;
}

} // namespace fxscope::io
