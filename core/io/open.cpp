// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/io/formats.h"
#include "core/support/file.h"
#include "core/support/text.h"

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

Result<Capture> read(const Source& source) {
    if (trim(source.content.substr(0, 4096)).empty() && trim(source.content).empty())
        return Diagnostic{source.content.empty() ? "the file is empty" : "the file holds only blank lines",
                          source.where, "save the graph again"};
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
