// SPDX-License-Identifier: BSD-3-Clause
// What a program's inputs and outputs stand for. See formats.md, 4.4.
#include "core/io/pt2_parts.h"

#include "core/support/text.h"

namespace fxscope::io::pt2 {
namespace {

std::string fieldOf(Json json, const char* key) {
    std::string_view text;
    return json[key].get(text) ? std::string{} : std::string(text);
}

Result<InputSpec> inputSpec(Json json, const std::string& where) {
    using Kind = InputSpec::Kind;
    FX_TRY(const Union spec, unionOf(json, where));
    InputSpec result;
    if (spec.tag == "user_input")
        return result;
    if (spec.tag == "parameter") {
        result.kind = Kind::Parameter;
        result.target = fieldOf(spec.value, "parameter_name");
    } else if (spec.tag == "buffer") {
        result.kind = Kind::Buffer;
        result.target = fieldOf(spec.value, "buffer_name");
        if (spec.value["persistent"].get(result.persistent))
            result.persistent = true;
    } else if (spec.tag == "tensor_constant") {
        result.kind = Kind::TensorConstant;
        result.target = fieldOf(spec.value, "tensor_constant_name");
    } else if (spec.tag == "constant_input") {
        result.kind = Kind::ConstantInput;
        result.target = fieldOf(spec.value, "name");
        Json value;
        if (!spec.value["value"].get(value)) {
            FX_TRY(result.constant, readLiteral(value, where));
        }
    } else if (spec.tag == "custom_obj") {
        result.kind = Kind::CustomObject;
        result.target = fieldOf(spec.value, "custom_obj_name");
    } else if (spec.tag == "token") {
        result.kind = Kind::Token;
    } else {
        return Diagnostic{"unknown kind of input " + displayText(spec.tag), where, "the file is of a newer schema"};
    }
    return result;
}

Result<OutputSpec> outputSpec(Json json, const std::string& where) {
    struct Row {
        std::string_view tag;
        OutputSpec::Kind kind;
        const char* field;
    };
    using Kind = OutputSpec::Kind;
    static constexpr Row kRows[] = {{"user_output", Kind::UserOutput, nullptr},
                                    {"loss_output", Kind::LossOutput, nullptr},
                                    {"buffer_mutation", Kind::BufferMutation, "buffer_name"},
                                    {"parameter_mutation", Kind::ParameterMutation, "parameter_name"},
                                    {"user_input_mutation", Kind::UserInputMutation, "user_input_name"},
                                    {"gradient_to_parameter", Kind::GradientToParameter, "parameter_name"},
                                    {"gradient_to_user_input", Kind::GradientToUserInput, "user_input_name"},
                                    {"token", Kind::Token, nullptr}};
    FX_TRY(const Union spec, unionOf(json, where));
    for (const Row& row : kRows)
        if (row.tag == spec.tag)
            return OutputSpec{row.kind, row.field ? fieldOf(spec.value, row.field) : std::string{}};
    return Diagnostic{"unknown kind of output " + displayText(spec.tag), where, "the file is of a newer schema"};
}

template <class Spec, class Read>
Result<std::vector<Spec>> readAll(const JsonItems& texts, JsonParser& parser, const std::string& where, Read read) {
    if (!texts)
        return Diagnostic{"expected a signature with input_specs and output_specs", where, "the file is damaged"};
    std::vector<Spec> specs;
    specs.reserve(texts->size());
    for (const std::string_view text : *texts) {
        FX_TRY(const Json json, parser.parse(text, where));
        FX_TRY(Spec spec, read(json, where));
        specs.push_back(std::move(spec));
    }
    return specs;
}

Diagnostic otherCount(const char* what, size_t specs, size_t values, const std::string& where) {
    return {"the signature describes " + std::to_string(specs) + " " + what + ", the graph has " +
                std::to_string(values),
            where, "the file is damaged"};
}

} // namespace

Result<std::vector<InputSpec>> readInputSpecs(const JsonItems& specs, JsonParser& parser, const std::string& where) {
    return readAll<InputSpec>(specs, parser, where, inputSpec);
}

Result<std::vector<OutputSpec>> readOutputSpecs(const JsonItems& specs, JsonParser& parser, const std::string& where) {
    return readAll<OutputSpec>(specs, parser, where, outputSpec);
}

Result<Done> checkSpecs(const Graph& graph, const std::string& where) {
    if (const size_t count = graph.placeholders().size(); count != graph.inputSpecs.size())
        return otherCount("inputs", graph.inputSpecs.size(), count, where);
    const Argument& value = graph[graph.output()].args[0];
    if (const size_t count = value.isSequence() ? value.items().size() : 1; count != graph.outputSpecs.size())
        return otherCount("outputs", graph.outputSpecs.size(), count, where);
    return Done{};
}

Result<SymRanges> readRanges(Json constraints, const std::string& where) {
    SymRanges ranges;
    JsonObject object;
    if (constraints.get(object))
        return ranges;
    for (const auto field : object) {
        SymRange range{INT64_MIN, INT64_MAX};
        // null is unbounded; sympy's infinities may be written as huge numbers
        if (field.value["min_val"].get(range.low))
            range.low = INT64_MIN;
        if (field.value["max_val"].get(range.high))
            range.high = INT64_MAX;
        if (range.low > range.high)
            return Diagnostic{"the range of symbol " + displayText(field.key) + " is empty", where,
                              "the file is damaged"};
        ranges[std::string(field.key)] = range;
    }
    return ranges;
}

} // namespace fxscope::io::pt2
