// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/stages.h"

namespace fxscope::io {

int StageList::add(Stage stage, std::function<Result<ReadGraph>()> read) {
    const std::string base = stage.compileId.empty() ? stage.name : stage.compileId + ":" + stage.name;
    std::string id = base;
    for (int& number = m_numbers.try_emplace(base, 1).first->second; !m_ids.insert(id).second;)
        id = base + "." + std::to_string(++number);
    GraphEntry entry{std::move(id), std::move(stage.name), std::move(stage.compileId), nullptr};
    entry.later = std::make_shared<const Lazy<ReadGraph>>(std::move(read));
    entry.previous = stage.previous;
    entry.bytes = stage.bytes;
    entry.restarted = stage.restarted;
    m_capture.graphs.push_back(std::move(entry));
    return static_cast<int>(m_capture.graphs.size()) - 1;
}

Result<ReadGraph> readOneGraph(const Source& source) {
    FX_TRY(Capture capture, readContent(source));
    FX_TRY(GraphEntry entry, capture.entry());
    for (Diagnostic& note : entry.notes)
        capture.notes.push_back(std::move(note));
    return ReadGraph{std::move(entry.graph), std::move(capture.notes)};
}

Source kept(const Source& source) {
    if (source.owner)
        return source;
    auto text = std::make_shared<const std::string>(source.content);
    return {source.where, *text, text, source.cancel};
}

void append(Capture& capture, Capture part, const std::string& prefix) {
    const int offset = static_cast<int>(capture.graphs.size());
    for (GraphEntry& entry : part.graphs) {
        entry.id = prefix + entry.id;
        entry.compileId = prefix + entry.compileId;
        entry.previous += entry.previous < 0 ? 0 : offset;
        capture.graphs.push_back(std::move(entry));
    }
    for (InductorRun& run : part.runs) {
        run.compileId = prefix + run.compileId;
        run.source += run.source < 0 ? 0 : offset;
        run.result += run.result < 0 ? 0 : offset;
        capture.runs.push_back(std::move(run));
    }
    for (Diagnostic& note : part.notes)
        capture.notes.push_back(std::move(note));
}

} // namespace fxscope::io
