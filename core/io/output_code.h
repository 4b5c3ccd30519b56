// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope::io {

/// What a comment of generated code says of one kernel: which part of the graph it computes. Views into the code.
struct GraphFragment {
    std::string_view kernel;                   ///< the name that is bound below the comment; empty: none found
    std::vector<std::string_view> sourceNodes; ///< of the graph before the pre-grad passes
    std::vector<std::string> lines;            ///< of the fragment, without the comment's prefix
    int line = 0;                              ///< of the first of them
};
std::vector<GraphFragment> graphFragments(std::string_view code);

/// Lines on which kernels are defined: "triton_poi_fused_add_0 = async_compile.triton(...".
std::map<std::string_view, int> kernelDefinitions(std::string_view code);

/// A line of generated code that calls a kernel, be it one that the code defines or one of a library.
struct CodeCall {
    std::string_view kernel;                   ///< "cpp_fused_sum_1", "extern_kernels.mm", "torch.ops.aten.sort.stable"
    int call = 0;                              ///< the number that provenance tracking notes above it; 0: none
    std::vector<std::string_view> sourceNodes; ///< noted above it: of the graph before the pre-grad passes
    int line = 0;
};
std::vector<CodeCall> kernelCalls(std::string_view code);

} // namespace fxscope::io
