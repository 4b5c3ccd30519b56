// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/source.h"

#include <map>
#include <set>

namespace fxscope::io {

/// Fills a capture with graphs that are read later, with ids that are unique in it.
class StageList {
public:
    explicit StageList(Capture& capture) : m_capture(capture) {}

    struct Stage {
        std::string compileId, name; ///< the id is both with a colon between, and a number where that is taken
        int previous = -1;
        size_t bytes = 0;
        bool restarted = false;
    };
    /// Index of the new entry.
    int add(Stage stage, std::function<Result<ReadGraph>()> read);

private:
    Capture& m_capture;
    std::set<std::string> m_ids;
    std::map<std::string, int> m_numbers; ///< the last one that made an id unique
};

/// The first graph of `source`, whatever form it has.
Result<ReadGraph> readOneGraph(const Source& source);
Result<Capture> readContent(const Source& source);

/// `source` with an owner: text at hand is copied, because graphs are read from it later.
Source kept(const Source& source);

/// Moves the graphs and runs of `part` behind those of `capture`; compile ids and ids get `prefix` before them.
void append(Capture& capture, Capture part, const std::string& prefix);

} // namespace fxscope::io
