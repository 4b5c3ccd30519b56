// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/outputs.h"

namespace fxscope {
namespace {

/// Values with the arguments they came from; nested tuples become one list, as pytrees flatten.
void flatten(const Argument& argument, const Value& value, std::vector<NamedOutput>& into) {
    if (!argument.isSequence() || !value.isList()) {
        into.push_back({{}, argument.isNode() ? argument.asNode() : NodeId{}, value});
        return;
    }
    for (size_t i = 0; i < value.list().size() && i < argument.items().size(); ++i)
        flatten(argument.items()[i], value.list()[i], into);
}

std::string nameOf(const OutputSpec& spec, size_t& users) {
    switch (spec.kind) {
    case OutputSpec::Kind::UserOutput:
    case OutputSpec::Kind::LossOutput: return "out" + std::to_string(users++);
    case OutputSpec::Kind::GradientToParameter:
    case OutputSpec::Kind::GradientToUserInput: return "gradient." + spec.target;
    case OutputSpec::Kind::Token: return "token." + spec.target;
    default: return "mutation." + spec.target;
    }
}

} // namespace

std::vector<NamedOutput> namedOutputs(const Graph& graph, const Value& output) {
    std::vector<NamedOutput> outputs;
    const NodeId id = graph.output();
    if (!id.valid() || graph[id].args.empty())
        return outputs;
    flatten(graph[id].args[0], output, outputs);
    size_t users = 0;
    for (size_t i = 0; i < outputs.size(); ++i)
        outputs[i].name = nameOf(i < graph.outputSpecs.size() ? graph.outputSpecs[i] : OutputSpec{}, users);
    return outputs;
}

} // namespace fxscope
