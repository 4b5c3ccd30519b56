// SPDX-License-Identifier: BSD-3-Clause
#include "app/bench/pattern_program.h"

#include "core/io/capture.h"
#include "core/ops/op.h"
#include "core/rewrite/rewriter.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace fxscope::bench {
namespace {

constexpr PatternProgram kPrograms[] = {
#define PROGRAM(name, takesY, summary, line) {#name, takesY, summary, line},
#include "app/bench/pattern_programs.def"
#undef PROGRAM
};

std::string tensorText(std::string_view name, int64_t rows, const PatternShape& shape, const Device& device) {
    return fmt::format("{}: \"{}[{}, {}][{}, 1]{}\"", name, info(shape.dtype).readable, rows, shape.columns,
                       shape.columns, device.str());
}

std::string deviceText(const Device& device) {
    return device.index < 0 ? fmt::format("device(type='{}')", device.type)
                            : fmt::format("device(type='{}', index={})", device.type, device.index);
}

Result<std::shared_ptr<const Graph>> graphOf(const std::string& text, const PatternProgram& program) {
    FX_TRY(const Capture capture, io::openText(text, std::string(program.name)));
    FX_TRY(const GraphEntry entry, capture.entry());
    Graph graph = *entry.graph;
    graph.name = program.name;
    inferMissing(graph);
    return std::make_shared<const Graph>(std::move(graph));
}

} // namespace

std::span<const PatternProgram> patternPrograms() { return kPrograms; }

Result<const PatternProgram*> findPatternProgram(const std::string& name) {
    std::vector<std::string> names;
    for (const PatternProgram& program : kPrograms) {
        if (program.name == name)
            return &program;
        names.emplace_back(program.name);
    }
    return Diagnostic{"there is no pattern program " + displayText(name), "--pattern", "one of: " + join(names, ", ")};
}

Result<std::shared_ptr<const Graph>> programGraph(const PatternProgram& program, const PatternShape& shape,
                                                  const Device& device) {
    std::string text =
        "class GraphModule(torch.nn.Module):\n    def forward(self, " + tensorText("x", shape.rows, shape, device);
    if (program.takesY)
        text += ", " + tensorText("y", shape.kept, shape, device);
    text += fmt::format("):\n"
                        "        randperm = torch.ops.aten.randperm.default({}, device = {}, pin_memory = False)\n"
                        "        index = torch.ops.aten.slice.Tensor(randperm, 0, 0, {})\n"
                        "        result = {}\n"
                        "        return (result,)\n",
                        shape.rows, deviceText(device), shape.kept, program.line);
    return graphOf(text, program);
}

Result<std::shared_ptr<const Graph>> inputsGraph(const PatternProgram& program, const PatternShape& shape,
                                                 const Device& device) {
    const auto drawn = [&](std::string_view name, int64_t rows) { // not every dtype is drawn everywhere
        const bool numbers = isFloating(shape.dtype) || isComplex(shape.dtype);
        return fmt::format("        drawn_{0} = torch.ops.aten.{1}[{2}, {3}], dtype = {4}, device = {5}, "
                           "pin_memory = False)\n"
                           "        {0} = torch.ops.aten._to_copy.default(drawn_{0}, dtype = torch.{6})\n",
                           name, numbers ? "randn.default(" : "randint.low(0, 2, ", rows, shape.columns,
                           numbers ? "torch.float32" : "torch.int64", deviceText(device), fxscope::name(shape.dtype));
    };
    std::string text = "class GraphModule(torch.nn.Module):\n    def forward(self):\n" + drawn("x", shape.rows);
    if (program.takesY)
        text += drawn("y", shape.kept);
    return graphOf(text + (program.takesY ? "        return (x, y)\n" : "        return (x,)\n"), program);
}

Result<std::shared_ptr<const Graph>> withGivenIndex(const Graph& graph) {
    Graph given = graph;
    const auto index = given.find("index"), randperm = given.find("randperm");
    if (!index || !randperm)
        return Diagnostic{"the program has no index", graph.name, ""};
    NodeBody body;
    body.name = given.freshName("given_index");
    body.op = Op::Placeholder;
    body.target = body.name;
    body.meta = given[*index].meta;
    const NodeId input = given.insert(std::move(body), given.next(given.placeholders().back()));
    Rewriter rewriter(given);
    rewriter.replaceUses(*index, input);
    rewriter.erase(*index);
    rewriter.erase(*randperm);
    return std::make_shared<const Graph>(std::move(given));
}

} // namespace fxscope::bench
