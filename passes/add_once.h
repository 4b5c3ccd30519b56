// SPDX-License-Identifier: BSD-3-Clause
// Inside passes only: the one-pass form of an addition at distinct rows, which the pattern set `fxscope` writes.
#pragma once

#include "core/rewrite/rewriter.h"
#include "passes/index_addition.h"

namespace fxscope {

// x of n rows (entries of its dimension `dim`), y of k rows, index of k entries, all different:
//
//     inverse = full([n], -1);  inverse[index] = iota(k)
//     out = where(inverse >= 0, x + alpha * y[max(inverse, 0)], x)
//
// reads x and y once and writes the result once: 2 n + k rows, where copy, gather, add and store, each on its own, move
// 2 n + 7 k. It is made of operators that Inductor compiles into one kernel after the two that fill `inverse`; `--fuse`
// runs it as one call (see core/exec/add_once.h, which knows this form). Each element gets the same one addition; the
// others are copied, not added to. It is for graphs that are not differentiated any more: the gradient of y[...] would
// add up n - k rows of zeros in row 0.

/// Why this addition cannot be written so: in place (storing k rows moves less), sizes that are not known or shown, a y
/// that might have no rows or would be broadcast. A part of a sentence; nothing if it can.
std::optional<std::string> whyNotOnce(IndexAnalysis& analysis, const Addition& add);

/// Writes it before the root, if nothing speaks against it; the node of the result. `bounded`: no entry of the index
/// lies outside x.
NodeId writeAddOnce(Rewriter& rewriter, IndexAnalysis& analysis, const Addition& add, bool bounded);

} // namespace fxscope
