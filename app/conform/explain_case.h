// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/conform/records.h"
#include "app/conform/report.h"
#include "core/pattern/pattern_run.h"

#include <set>

namespace fxscope::conform {

/// A recorded program with all its printed text hides.
struct ExplainGraph {
    Graph graph;
    std::set<NodeId> real; ///< nodes whose value is a real tensor
    bool disableCppCodegen = false;
};
Result<ExplainGraph> readExplainGraph(const Json& record);

/// What fxscope found, in the form of the record.
Json describeTry(const Graph& graph, const PatternTry& tried);
/// Compares a whole case; what differs, one line each. `report` counts each try by code and phase.
std::vector<std::string> compareCase(const Json& record, ExplainGraph& program, const PatternSet& set, Report& report);

} // namespace fxscope::conform
