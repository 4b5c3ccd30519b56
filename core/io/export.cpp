// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/support/file.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope::io {
namespace {

/// What one ending of a file name stands for. A form that needs more than the graph (weights, a painter) gets its own
/// row where that is at hand: app adds .png and .pdf.
struct Exporter {
    std::string_view ending;
    Result<std::string> (*write)(const Graph&);
};
template <auto Write> Result<std::string> always(const Graph& graph) { return Write(graph); }
constexpr Exporter kExporters[] = {
    {".py", writePython},       {".txt", always<writeText>}, {".json", always<writeJson>},
    {".dot", always<writeDot>}, {".svg", always<writeSvg>},
};

/// Does `path` end so, in letters of either case?
bool endsWith(std::string_view path, std::string_view ending) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return path.size() >= ending.size() &&
           std::equal(ending.begin(), ending.end(), path.end() - static_cast<std::ptrdiff_t>(ending.size()),
                      [&](char want, char have) { return want == lower(have); });
}

} // namespace

Result<Done> exportGraph(const Graph& graph, const std::string& path) {
    for (const Exporter& exporter : kExporters)
        if (endsWith(path, exporter.ending)) {
            auto text = exporter.write(graph);
            if (!text)
                return Diagnostic{text.error().what, path + ", " + text.error().where, text.error().next};
            return writeFile(path, *text);
        }
    return Diagnostic{"the ending of this name says no form for graphs", path,
                      "endings: " + join(exportEndings(), ", ")};
}

std::vector<std::string> exportEndings() {
    std::vector<std::string> endings;
    for (const Exporter& exporter : kExporters)
        endings.emplace_back(exporter.ending);
    return endings;
}

} // namespace fxscope::io
