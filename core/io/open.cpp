// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/io/formats.h"
#include "core/io/plain_text.h"
#include "core/io/words.h"
#include "core/support/file.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope {
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

/// "V1122 18:36:19.239000 415 torch/_logging/structured.py:28] {...}"
bool isLogLine(std::string_view line) {
    constexpr std::string_view kShape = "V0000 00:00:00.";
    const std::string_view rest = line.substr(std::min<size_t>(line.size(), 1));
    return line.size() > kShape.size() && std::string_view("VDIWE").find(line[0]) != std::string_view::npos &&
           std::equal(kShape.begin() + 1, kShape.end(), rest.begin(),
                      [](char want, char have) { return want == '0' ? isDigit(have) : want == have; }) &&
           line.find("] ") != std::string_view::npos;
}

/// What PyTorch also writes around graphs. Some of it looks like Python, and would be told to be broken.
std::optional<Diagnostic> formOfAnotherKind(const Source& source) {
    std::string storage;
    const std::string_view text = trim(plainText(source.content.substr(0, 1 << 16), storage));
    const std::string_view line = text.substr(0, text.find('\n'));
    if (isLogLine(line))
        return Diagnostic{
            line.find("] {") != std::string_view::npos
                ? "this is a structured log of PyTorch (TORCH_TRACE), a form that fxscope does not read yet"
                : "this is a log of PyTorch (TORCH_LOGS), a form that fxscope does not read yet",
            source.where, "graphs of the same run: TORCH_COMPILE_DEBUG=1 writes fx_graph_readable.py files"};
    if (text.find("import AsyncCompile") != std::string_view::npos &&
        text.find("(torch.nn.Module):") == std::string_view::npos)
        return Diagnostic{"this is the code that Inductor generated (output_code.py), not a graph", source.where,
                          "the graph it was made from is in fx_graph_transformed.py or fx_graph_readable.py beside it"};
    return std::nullopt;
}

/// Any zip begins as an archive of torch.export does; the names of its entries tell, even where the end is missing.
bool hasProgramEntries(std::string_view content) {
    return content.find("/models/") != std::string_view::npos || content.find("/data/") != std::string_view::npos;
}

Result<Capture> read(const Source& source) {
    if (trim(source.content.substr(0, 4096)).empty() && trim(source.content).empty())
        return Diagnostic{source.content.empty() ? "the file is empty" : "the file holds only blank lines",
                          source.where, "save the graph again"};
    if (auto other = formOfAnotherKind(source))
        return std::move(*other);
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

} // namespace

std::span<const Format> formats() { return kFormats; }

Result<Capture> open(const std::string& path, Cancel cancel) {
    FX_TRY(const auto file, MappedFile::open(path));
    return read({path, file->text(), file, std::move(cancel)});
}

Result<Capture> openText(std::string_view text, const std::string& where) { return read({where, text, nullptr, {}}); }

bool looksLikeGraph(const std::string& path) {
    const auto file = MappedFile::open(path);
    if (!file)
        return false;
    const Source source{path, (*file)->text(), *file, {}};
    if (formOfAnotherKind(source) || (source.content.starts_with("PK") && !hasProgramEntries(source.content)))
        return false;
    return std::any_of(std::begin(kFormats), std::end(kFormats),
                       [&](const Format& form) { return form.name != "tensors" && form.recognise(source); });
}

} // namespace io

Result<GraphEntry> Capture::entry(std::string_view id) const {
    if (graphs.empty())
        return Diagnostic{"there is no graph in this file", path, ""};
    if (id.empty())
        return graphs.front();
    std::vector<std::string> ids;
    for (const GraphEntry& candidate : graphs) {
        if (candidate.id == id)
            return candidate;
        if (ids.size() < 20)
            ids.push_back(candidate.id);
    }
    const std::string more =
        graphs.size() > ids.size() ? " and " + std::to_string(graphs.size() - ids.size()) + " more" : "";
    return Diagnostic{"no graph has the id " + displayText(id), path, "ids in this file: " + join(ids, ", ") + more};
}

} // namespace fxscope
