// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_canvas.h"
#include "app/document/answers.h"
#include "core/compare/compare.h"

namespace fxscope {

/// What steps [from, to) did, as marks on the canvas: added, removed and changed nodes; of a single step also what its
/// pattern variables stand for (colour i is variable i).
NodeMarks marksOf(const Trace& trace, size_t from, size_t to);
/// Adds what a pattern says of a node: which nodes fit its parts, which does not, and what its parameters stand for.
/// `reached`: only so far as the matcher came; -1: all.
void markAnswer(NodeMarks& marks, const PatternAnswer& answer, int reached);
/// Signs of what was compared beside the scores, so that colour alone never tells, and a dot at each breakpoint.
void signBadges(NodeMarks& marks, NodeId subject, const std::vector<NodeId>& breakpoints);
/// Adds the score of every candidate as a badge.
void markCandidates(NodeMarks& marks, const PatternCandidates& candidates);
/// How much of the pattern fits at every candidate; the badges say it in numbers.
NodeMarks::Heats heatOfScores(const PatternCandidates& candidates);
/// How long each node took on the side that has it; the longest is the hottest.
NodeMarks::Heats heatOfTimes(const Comparison& comparison);
/// By how much each value differs: what is equal bit for bit is cold, tenfold differences are equally far apart.
NodeMarks::Heats heatOfErrors(const Comparison& comparison);
/// The nodes that are worth showing for these steps: what came and went; their users only if nothing did.
std::vector<NodeId> nodesToShow(const NodeMarks& marks);

} // namespace fxscope
