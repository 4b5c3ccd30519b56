// SPDX-License-Identifier: BSD-3-Clause
// Two graphs, all neighbours of a timeline, one node through it, or two pattern sets.
#include "app/cli/diff_report.h"
#include "app/cli/diff_sets.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/io/timeline.h"

#include <fmt/format.h>

namespace fxscope::cli {
namespace {

struct DiffOptions {
    std::vector<std::string> files, graphs, patterns, passes;
    std::string follow;
    bool json = false;
};

/// One side of a diff: `graphs` names the graph of each side, or that of both.
Result<GraphEntry> side(const Capture& capture, const DiffOptions& options, size_t index) {
    const size_t last = options.graphs.size() - 1;
    const std::string id = options.graphs.empty() ? "" : options.graphs[std::min(index, last)];
    auto entry = capture.entry(id);
    if (entry.ok()) {
        Diagnostics notes = entry->notes;
        if (const auto note = ambiguity(capture, id, *entry))
            notes.insert(notes.begin(), *note);
        warn(notes);
    }
    return entry;
}

int diffFiles(const DiffOptions& options) {
    const auto a = io::open(options.files[0]), b = io::open(options.files[1]);
    if (!a.ok() || !b.ok())
        return fail(a.ok() ? b.error() : a.error());
    warn(a->notes);
    warn(b->notes);
    const auto before = side(*a, options, 0), after = side(*b, options, 1);
    if (!before.ok() || !after.ok())
        return fail(before.ok() ? after.error() : before.error());
    return reportDiff({options.files[0], *before}, {options.files[1], *after}, {}, options.json);
}

int diffStages(const Capture& capture, const DiffOptions& options) {
    const auto before = side(capture, options, 0), after = side(capture, options, 1);
    if (!before.ok() || !after.ok())
        return fail(before.ok() ? after.error() : before.error());
    return reportDiff({before->id, *before}, {after->id, *after}, io::linksBetween(capture, before->id, after->id),
                      options.json);
}

int diff(const DiffOptions& options) {
    if (!options.patterns.empty())
        return diffSets({{.path = options.files[0],
                          .graph = options.graphs.empty() ? "" : options.graphs[0],
                          .passes = options.passes},
                         options.patterns,
                         options.json});
    if (options.files.size() == 2)
        return diffFiles(options);
    const auto capture = io::open(options.files[0]);
    if (!capture.ok())
        return fail(capture.error());
    warn(capture->notes);
    if (!options.follow.empty())
        return reportFollowed(*capture, options.graphs.empty() ? "" : options.graphs[0], options.follow, options.json);
    if (options.graphs.size() == 2)
        return diffStages(*capture, options);
    if (options.graphs.size() == 1)
        return fail({"a second graph is needed", options.files[0], "name both: --graph A --graph B, or a second file"});
    return reportNeighbours(*capture, options.json);
}

} // namespace

void addDiff(Command& app) {
    auto options = std::make_shared<DiffOptions>();
    Command command = app.add("diff", "compare graphs, stages of a compile or pattern sets");
    command.option("FILE", options->files, "two files; or one with several graphs: all neighbours of its timeline")
        .required()
        .count(1, 2);
    command.option("--graph", options->graphs, "ids or stages, before and after: --graph A --graph B");
    command.option("--follow", options->follow, "what became of one node, stage by stage").typeName("NODE");
    command.option("--patterns", options->patterns, "two pattern sets on one graph: --patterns A --patterns B")
        .typeName("SET");
    command.option("--pass", options->passes, "with --patterns: only these passes")
        .typeName("NAME...")
        .separatedByComma();
    addJson(command, options->json);
    command.onRun([options] { return diff(*options); });
}

} // namespace fxscope::cli
