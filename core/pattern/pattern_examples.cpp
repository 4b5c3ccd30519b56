// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/pattern_run.h"

namespace fxscope {

std::string runExample(const PatternEntry& entry, const PatternExample& example) {
    TraceOptions options;
    options.where = entry.source.where;
    const std::string where = py::place(entry.source.where, example.line) + ": ";
    const std::string program = example.program.empty() ? "pattern" : example.program;
    auto graph = traceFunction(*entry.source.module.function(program), example.inputs, options);
    if (!graph.ok())
        return where + graph.error().what;
    PatternSet set{entry.name(), {std::make_shared<const PatternEntry>(entry)}, {}};
    const auto run = runPatterns(*graph, set);
    if (!run.ok())
        return where + run.error().str();
    std::string reason(run->anchors == 0 ? "no_anchor" : name(run->tries.front().reason()));
    for (const PatternTry& tried : run->tries)
        if (tried.reason() != Reason::Match)
            reason = name(tried.reason());
    if (run->matches != example.matches)
        return where + "matches " + std::to_string(run->matches) + " times, not " + std::to_string(example.matches) +
               (run->matches < example.matches ? ": " + reason : "");
    return example.because.empty() || reason == example.because
               ? std::string()
               : where + "misses by " + reason + ", not by " + example.because;
}

} // namespace fxscope
