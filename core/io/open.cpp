// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/io/folders.h"
#include "core/io/formats.h"
#include "core/io/gzip.h"
#include "core/io/stages.h"
#include "core/io/tensor_bytes.h"
#include "core/support/file.h"
#include "core/support/text.h"

#include <algorithm>
#include <filesystem>

namespace fxscope {
namespace {

/// Whether `id` is the stage of this graph, with or without what stands before it, or its compile.
bool names(const GraphEntry& entry, std::string_view id) {
    if (!entry.compileId.empty() && id.starts_with(entry.compileId)) {
        id.remove_prefix(entry.compileId.size());
        if (id.empty() || id == ":")
            return true;
        if (!id.starts_with(':'))
            return false;
        id.remove_prefix(1);
    }
    const std::string_view stage = entry.stage;
    return !stage.empty() && (stage == id || stage.substr(stage.rfind('/') + 1) == id);
}

} // namespace

namespace io {
namespace {

#define FORMAT(id, name, description) {name, description, id::recognise, id::open},
constexpr Format kFormats[] = {
#include "core/io/all_formats.def"
};
#undef FORMAT

Diagnostic unknownForm(const Source& source) {
    std::vector<std::string> known;
    for (const Format& format : kFormats)
        known.emplace_back(format.description);
    return {"this is no graph in a form that fxscope reads", source.where, "it reads " + join(known, ", ")};
}

/// Any zip begins as an archive of torch.export does; the names of its entries tell, even where the end is missing.
bool hasProgramEntries(std::string_view content) {
    return content.find("/models/") != std::string_view::npos || content.find("/data/") != std::string_view::npos;
}

constexpr FolderForm kFolders[] = {{"tlparse", isParsedLog, openParsedLog},
                                   {"torch_compile_debug", isDebugFolder, openDebugFolder},
                                   {"torch_trace", isTraceFolder, openTraceFolder}};

const FolderForm* folderForm(const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored))
        return nullptr;
    const auto* found = std::find_if(std::begin(kFolders), std::end(kFolders),
                                     [&](const FolderForm& form) { return form.recognise(path); });
    return found == std::end(kFolders) ? nullptr : found;
}

Result<Capture> readUnpacked(const Source& source) {
    Diagnostics notes;
    FX_TRY(const auto unpacked, gunzip(source, notes));
    if (looksLikeGzip(*unpacked))
        return Diagnostic{"gzip within gzip", source.where, "unpack it first"};
    FX_TRY(Capture capture, readContent({source.where, *unpacked, unpacked, source.cancel}));
    capture.notes.insert(capture.notes.begin(), notes.begin(), notes.end());
    return capture;
}

} // namespace

std::span<const Format> formats() { return kFormats; }

Result<Capture> readContent(const Source& source) {
    if (trim(source.content.substr(0, 4096)).empty() && trim(source.content).empty())
        return Diagnostic{source.content.empty() ? "the file is empty" : "the file holds only blank lines",
                          source.where, "save the graph again"};
    if (looksLikeGzip(source.content))
        return readUnpacked(source);
    for (const Format& format : kFormats) {
        if (!format.recognise(source))
            continue;
        FX_TRY(Capture capture, format.open(source));
        capture.path = source.where;
        capture.form = format.name;
        return capture;
    }
    return unknownForm(source);
}

Result<Capture> open(const std::string& path, Cancel cancel) {
    if (const FolderForm* form = folderForm(path)) {
        FX_TRY(Capture capture, form->open(path, cancel));
        capture.path = path;
        capture.form = form->name;
        return capture;
    }
    FX_TRY(const auto file, MappedFile::open(path));
    return readContent({path, file->text(), file, std::move(cancel), file});
}

bool isCaptureFolder(const std::string& path) { return folderForm(path) != nullptr; }

Result<Capture> openText(std::string_view text, const std::string& where) {
    return readContent({where, text, nullptr, {}});
}

bool looksLikeGraph(const std::string& path) {
    const auto file = MappedFile::open(path);
    if (!file)
        return false;
    const Source source{path, (*file)->text(), *file, {}};
    if (source.content.starts_with("PK") && !hasProgramEntries(source.content))
        return false;
    return std::any_of(std::begin(kFormats), std::end(kFormats),
                       [&](const Format& form) { return form.name != "tensors" && form.recognise(source); });
}

} // namespace io

Result<GraphEntry> GraphEntry::read() const {
    GraphEntry entry = *this;
    if (graph || !later)
        return entry;
    const Result<ReadGraph>& read = later->get();
    if (!read.ok())
        return read.error();
    entry.graph = read->graph;
    entry.notes = read->notes;
    return entry;
}

std::vector<size_t> Capture::find(std::string_view id) const {
    std::vector<size_t> found, restarted;
    for (size_t i = 0; i < graphs.size(); ++i) {
        if (graphs[i].id == id)
            return {i};
        if (names(graphs[i], id))
            (graphs[i].restarted ? restarted : found).push_back(i);
    }
    found.insert(found.end(), restarted.begin(), restarted.end());
    if (const auto place = parseInt(id); found.empty() && place && *place >= 0 && *place < std::ssize(graphs))
        found.push_back(static_cast<size_t>(*place));
    return found;
}

Result<Done> Capture::useValuesOf(const GraphEntry& entry) {
    if (entry.values) {
        weights = entry.values->weights;
        sampleInputs = entry.values->sampleInputs;
    }
    io::TensorAligner aligner;
    for (auto& [name, tensor] : weights) {
        FX_TRY(tensor, aligner.aligned(tensor));
    }
    for (Value& value : sampleInputs)
        if (value.isTensor() && value.tensor().defined()) {
            FX_TRY(Tensor tensor, aligner.aligned(value.tensor()));
            value = std::move(tensor);
        }
    return Done{};
}

Result<GraphEntry> Capture::entry(std::string_view id) const {
    if (graphs.empty())
        return Diagnostic{"there is no graph in this file", path, ""};
    if (id.empty())
        return load(0);
    if (const auto found = find(id); !found.empty())
        return load(found.front());
    std::vector<std::string> ids;
    for (size_t i = 0; i < std::min<size_t>(graphs.size(), 20); ++i)
        ids.push_back(graphs[i].id);
    const std::string more =
        graphs.size() > ids.size() ? " and " + std::to_string(graphs.size() - ids.size()) + " more" : "";
    return Diagnostic{"no graph has the id " + displayText(id), path, "ids in this file: " + join(ids, ", ") + more};
}

} // namespace fxscope
