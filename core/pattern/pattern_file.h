// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/conditions.h"
#include "core/pattern/pattern_convert.h"
#include "core/pattern/py_syntax.h"
#include "core/pattern/trace.h"

#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

/// One line of `examples`: what `pattern` itself, or another function of the file, traced with these inputs, must do.
struct PatternExample {
    std::string program; ///< that function: dict(program="shared_index", x="f32[4, 8]", matches=0); empty: `pattern`
    std::vector<TraceInput> inputs;
    int matches = 0;
    std::string because; ///< the reason of the miss, by its code; may be empty
    int line = 0;
};

/// A pattern file as written:
///
///     """x.index_add(0, i, y) = x[i] = x[i] + y    i without repetition"""
///     import torch
///     order = 1                                   # place among the patterns of its set; ties go by file name
///     rule = "randperm_index_add"                 # the pass that runs it
///     inputs = dict(x="f32[4, 8]", y="f32[2, 8]")
///     scalar_workaround = dict(slice_shape=42)
///     exclusive = ["x"]
///     requires = ["in_bounds(index, x)"]
///     examples = [dict(x="f32[4, 8]", y="f32[2, 8]", matches=1)]
///     def pattern(x, y): ...
///     def replacement(x, y): ...
struct PatternSource {
    std::string name; ///< of the file, without ending
    std::string where, doc, rule;
    int order = 1000;
    py::Module module;
    std::vector<std::string> parameters; ///< of `pattern`
    std::vector<TraceInput> inputs;      ///< examples, the scalar workaround in place of those it names
    std::vector<bool> requiresGrad;      ///< per entry of `inputs` (PyTorch's example inputs)
    size_t exampleInputs = 0;            ///< how many of the parameters have an example input (the first ones)
    ScalarWorkaround scalars;
    std::vector<std::string> exclusive;
    std::vector<PatternCondition> conditions; ///< `requires`, see conditions.h
    std::vector<PatternExample> examples;

    const py::Function& pattern() const { return *module.function("pattern"); }
    const py::Function& replacement() const { return *module.function("replacement"); }
};

/// Errors name file, line and what to write instead.
Result<PatternSource> readPattern(std::string_view text, const std::string& where, std::string name);

/// "f32[4, 8]", "f32[4, 8][8, 1]cuda:0", "i64[s0]": the metadata of an example. Without strides: row-major; without a
/// device: the CPU.
Result<TensorMeta> parseTensorText(std::string_view text, const std::string& where);

} // namespace fxscope
