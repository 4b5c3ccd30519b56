// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/support/file.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

/// What one ending of a file name stands for. A form that needs more than the graph (weights, a painter) gets its own
/// row where that is at hand: app adds .png and .pdf.
struct Exporter {
    std::string_view ending;
    std::string (*write)(const Graph&);
};
constexpr Exporter kExporters[] = {
    {".py", [](const Graph& graph) { return writeReadable(graph); }},
    {".txt", writeText},
    {".json", writeJson},
    {".dot", writeDot},
    {".svg", writeSvg},
};

} // namespace

Result<Done> exportGraph(const Graph& graph, const std::string& path) {
    for (const Exporter& exporter : kExporters)
        if (path.ends_with(exporter.ending))
            return writeFile(path, exporter.write(graph));
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
