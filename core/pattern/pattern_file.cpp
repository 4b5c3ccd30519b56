// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/pattern_file.h"

#include "core/support/text.h"

#include <algorithm>

namespace fxscope {
namespace {

using py::Expr;

Diagnostic wrong(const PatternSource& source, int line, std::string what, std::string next) {
    return {std::move(what), py::place(source.where, line), std::move(next)};
}

/// dict(a=1) and {"a": 1}.
const std::vector<std::pair<std::string, py::ExprPtr>>* dictItems(const Expr& expr) {
    const bool call = expr.kind == Expr::Kind::Call && expr.items.size() == 1 &&
                      expr.items[0]->kind == Expr::Kind::Name && expr.items[0]->text == "dict";
    return call || expr.kind == Expr::Kind::Dict ? &expr.keywords : nullptr;
}

std::optional<Argument> constantOf(const Expr& expr) {
    switch (expr.kind) {
    case Expr::Kind::Int: return Argument::integer(expr.integer);
    case Expr::Kind::Float: return Argument::floating(expr.number);
    case Expr::Kind::Constant: return expr.text == "None" ? Argument::none() : Argument::boolean(expr.text == "True");
    case Expr::Kind::Unary:
        if (const auto value = constantOf(*expr.items[0]); value && expr.text == "-") {
            if (value->isInt())
                return Argument::integer(-value->asInt());
            if (value->kind() == Argument::Kind::Float)
                return Argument::floating(-value->asFloat());
        }
        return std::nullopt;
    default: return std::nullopt;
    }
}

Result<TraceInput> inputOf(const PatternSource& source, const std::string& name, const Expr& expr) {
    TraceInput input{name, {}, {}};
    if (expr.kind == Expr::Kind::String) {
        FX_TRY(TensorMeta meta, parseTensorText(expr.text, py::place(source.where, expr.line)));
        input.meta = ValueMeta::tensor(std::move(meta));
        return input;
    }
    const auto constant = constantOf(expr);
    if (!constant)
        return wrong(source, expr.line, "the example of " + name + " is neither a tensor text nor a number",
                     "write it as \"f32[4, 8]\"");
    input.constant = *constant;
    return input;
}

Result<Done> checkParameters(const PatternSource& source) {
    const auto& given = source.replacement().parameters;
    for (const std::string& parameter : given)
        if (std::find(source.parameters.begin(), source.parameters.end(), parameter) == source.parameters.end())
            return wrong(source, source.replacement().line,
                         parameter + " is an input of replacement but not of pattern", "give both the same parameters");
    if (given != source.parameters)
        return wrong(source, source.replacement().line, "pattern and replacement have different parameters",
                     "give both the same parameters in the same order");
    return Done{};
}

Result<Done> readScalars(PatternSource& source) {
    const Expr* expr = source.module.value("scalar_workaround");
    if (!expr)
        return Done{};
    const auto* items = dictItems(*expr);
    if (!items)
        return wrong(source, expr->line, "scalar_workaround is no dict", "write dict(parameter=42)");
    for (const auto& [name, value] : *items) {
        const auto number = constantOf(*value);
        if (!number || number->isNone())
            return wrong(source, value->line, "the value of " + name + " is no number", "write a number");
        if (std::find(source.parameters.begin(), source.parameters.end(), name) == source.parameters.end())
            return wrong(source, value->line, name + " is no parameter of pattern", "name a parameter");
        for (const auto& [other, taken] : source.scalars)
            if (pythonEqual(taken, *number))
                return wrong(source, value->line, name + " and " + other + " stand for the same number",
                             "give each its own number");
        source.scalars.emplace_back(name, *number);
    }
    return Done{};
}

Result<Done> readInputs(PatternSource& source) {
    const Expr* expr = source.module.value("inputs");
    const auto* items = expr ? dictItems(*expr) : nullptr;
    if (!items)
        return wrong(source, expr ? expr->line : 1, "the file names no example inputs",
                     "write inputs = dict(x=\"f32[4, 8]\")");
    for (const std::string& parameter : source.parameters) {
        const auto scalar = std::find_if(source.scalars.begin(), source.scalars.end(),
                                         [&](const auto& entry) { return entry.first == parameter; });
        const auto given =
            std::find_if(items->begin(), items->end(), [&](const auto& item) { return item.first == parameter; });
        if (scalar != source.scalars.end())
            source.inputs.push_back({parameter, {}, scalar->second});
        else if (given == items->end())
            return wrong(source, expr->line, "no example for the parameter " + parameter, "add it to `inputs`");
        else {
            FX_TRY(TraceInput input, inputOf(source, parameter, *given->second));
            source.inputs.push_back(std::move(input));
            ++source.exampleInputs;
        }
    }
    for (const auto& item : *items)
        if (std::find(source.parameters.begin(), source.parameters.end(), item.first) == source.parameters.end())
            return wrong(source, item.second->line, item.first + " is no parameter of pattern", "remove it");
    return Done{};
}

/// The function that an example runs, with an input for each of its parameters that pattern has too.
Result<Done> readProgram(const PatternSource& source, const py::Expr& name, PatternExample& example) {
    const py::Function* program = source.module.function(name.text);
    if (name.kind != Expr::Kind::String || !program)
        return wrong(source, name.line, "the file has no function " + displayText(name.text),
                     "name the function that the example runs");
    example.program = name.text;
    example.inputs.clear();
    for (const std::string& parameter : program->parameters) {
        TraceInput input{parameter, {}, {}};
        for (const TraceInput& own : source.inputs)
            if (own.name == parameter)
                input = own;
        example.inputs.push_back(std::move(input));
    }
    return Done{};
}

/// Every function but pattern and replacement is the program of an example.
Result<Done> checkFunctions(const PatternSource& source) {
    for (const py::Function& function : source.module.functions) {
        const bool known = function.name == "pattern" || function.name == "replacement" ||
                           std::any_of(source.examples.begin(), source.examples.end(),
                                       [&](const PatternExample& example) { return example.program == function.name; });
        if (!known)
            return wrong(source, function.line, "the function " + function.name + " has no meaning here",
                         "write its body in pattern and replacement, which call torch functions only, or make it the "
                         "program of an example");
    }
    return Done{};
}

Result<Done> readExamples(PatternSource& source) {
    const Expr* expr = source.module.value("examples");
    if (!expr)
        return Done{};
    if (expr->kind != Expr::Kind::List)
        return wrong(source, expr->line, "examples is no list", "write [dict(x=\"f32[4, 8]\", matches=1)]");
    for (const py::ExprPtr& item : expr->items) {
        const auto* entries = dictItems(*item);
        if (!entries)
            return wrong(source, item->line, "an example is no dict", "write dict(x=\"f32[4, 8]\", matches=1)");
        PatternExample example;
        example.line = item->line;
        example.inputs = source.inputs;
        bool counted = false;
        for (const auto& [key, value] : *entries)
            if (key == "program")
                FX_CHECK(readProgram(source, *value, example));
        for (const auto& [key, value] : *entries) {
            if (key == "program")
                continue;
            if (key == "matches" && value->kind == Expr::Kind::Int)
                example.matches = static_cast<int>(value->integer), counted = true;
            else if (key == "because" && value->kind == Expr::Kind::String)
                example.because = value->text;
            else {
                const auto at = std::find_if(example.inputs.begin(), example.inputs.end(),
                                             [&](const TraceInput& input) { return input.name == key; });
                if (at == example.inputs.end())
                    return wrong(source, value->line,
                                 key + " is no parameter of " +
                                     (example.program.empty() ? std::string("pattern") : example.program),
                                 "an example gives parameters, program, matches and because");
                FX_TRY(*at, inputOf(source, key, *value));
            }
        }
        if (!counted)
            return wrong(source, item->line, "an example does not say how often it matches", "add matches=1");
        source.examples.push_back(std::move(example));
    }
    return Done{};
}

Result<Done> readSettings(PatternSource& source) {
    static constexpr std::string_view kKnown[] = {"order",     "rule",     "inputs",        "scalar_workaround",
                                                  "exclusive", "examples", "requires_grad", "requires"};
    for (const py::Statement& statement : source.module.assignments)
        for (const std::string& target : statement.targets)
            if (std::find(std::begin(kKnown), std::end(kKnown), target) == std::end(kKnown))
                return wrong(
                    source, statement.line, "nothing is known of the setting " + displayText(target),
                    "a pattern file may set: order, rule, inputs, scalar_workaround, exclusive, requires, examples");
    if (const Expr* order = source.module.value("order")) {
        if (order->kind != Expr::Kind::Int || order->integer < 0 || order->integer > 1'000'000)
            return wrong(source, order->line, "order is no number from 0 to 1000000", "write order = 1");
        source.order = static_cast<int>(order->integer);
    }
    if (const Expr* rule = source.module.value("rule")) {
        if (rule->kind != Expr::Kind::String)
            return wrong(source, rule->line, "rule is no text", "write rule = \"randperm_index\"");
        source.rule = rule->text;
    }
    for (const auto& [key, example] : {std::pair("exclusive", "[\"x\"]"), std::pair("requires_grad", "[\"x\"]"),
                                       std::pair("requires", "[\"in_bounds(index, x)\"]")})
        if (const Expr* list = source.module.value(key); list && list->kind != Expr::Kind::List)
            return wrong(source, list->line, std::string(key) + " is no list",
                         std::string("write ") + key + " = " + example);
    for (const std::string_view key : {"exclusive", "requires_grad"}) {
        const Expr* names = source.module.value(key);
        for (const py::ExprPtr& item : names ? names->items : std::vector<py::ExprPtr>{}) {
            const auto at = std::find(source.parameters.begin(), source.parameters.end(), item->text);
            if (item->kind != Expr::Kind::String || at == source.parameters.end())
                return wrong(source, item->line, std::string(key) + " names no parameter of pattern", "write [\"x\"]");
            if (key == "exclusive")
                source.exclusive.push_back(item->text);
            else
                source.requiresGrad[size_t(at - source.parameters.begin())] = true;
        }
    }
    if (const Expr* conditions = source.module.value("requires"))
        for (const py::ExprPtr& item : conditions->items) {
            auto condition = parseCondition(item->text, source.parameters);
            if (!condition.ok())
                return wrong(source, item->line, condition.error().what, condition.error().next);
            source.conditions.push_back(std::move(condition).value());
        }
    return Done{};
}

Result<SymSizes> sizesOf(std::string_view text, const std::string& where) {
    SymSizes sizes;
    if (trim(text).empty())
        return sizes;
    for (const std::string_view part : split(text, ',')) {
        SymInt size = SymInt::parse(trim(part));
        if (size.isOpaque() || (size.isConstant() && size.constant() < 0))
            return Diagnostic{displayText(trim(part)) + " is no size", where, "write a number or a symbol"};
        sizes.push_back(std::move(size));
    }
    return sizes;
}

} // namespace

Result<TensorMeta> parseTensorText(std::string_view text, const std::string& where) {
    const auto malformed = [&] {
        return Diagnostic{reprString(displayText(text)) + " is no tensor text", where,
                          "write dtype and sizes: \"f32[4, 8]\", strides and device behind them if they matter"};
    };
    TensorMeta meta;
    const size_t open = text.find('['), close = text.find(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return malformed();
    const auto dtype = dtypeFromReadable(trim(text.substr(0, open)));
    if (!dtype)
        return Diagnostic{displayText(trim(text.substr(0, open))) + " is no dtype", where,
                          "write f32, bf16, i64, b8 ..."};
    meta.dtype = *dtype;
    FX_TRY(meta.sizes, sizesOf(text.substr(open + 1, close - open - 1), where));
    int64_t bytes = 16; // the largest element
    for (const SymInt& size : meta.sizes)
        if (size.isConstant() && size.constant() > 0 && __builtin_mul_overflow(bytes, size.constant(), &bytes))
            return Diagnostic{"a tensor of these sizes fits no memory", where, "write a small example"};
    text.remove_prefix(close + 1);
    meta.strides = contiguousStrides(meta.sizes);
    if (text.starts_with('[')) {
        const size_t end = text.find(']');
        if (end == std::string_view::npos)
            return malformed();
        FX_TRY(meta.strides, sizesOf(text.substr(1, end - 1), where));
        if (meta.strides->size() != meta.sizes.size())
            return malformed();
        text.remove_prefix(end + 1);
    }
    meta.device = Device{};
    if (!trim(text).empty()) {
        meta.device = Device::parse(trim(text));
        if (!meta.device)
            return malformed();
    }
    return meta;
}

Result<PatternSource> readPattern(std::string_view text, const std::string& where, std::string name) {
    PatternSource source;
    source.name = std::move(name);
    source.where = where;
    FX_TRY(source.module, py::parse(text, where));
    source.doc = std::string(trim(source.module.doc));
    for (const std::string_view needed : {"pattern", "replacement"})
        if (!source.module.function(needed))
            return Diagnostic{"the file defines no function " + std::string(needed), py::place(where, 1),
                              "a pattern file has `def pattern(...)` and `def replacement(...)`"};
    source.parameters = source.pattern().parameters;
    source.requiresGrad.assign(source.parameters.size(), false);
    FX_CHECK(checkParameters(source));
    FX_CHECK(readSettings(source));
    FX_CHECK(readScalars(source));
    FX_CHECK(readInputs(source));
    FX_CHECK(readExamples(source));
    FX_CHECK(checkFunctions(source));
    return source;
}

} // namespace fxscope
