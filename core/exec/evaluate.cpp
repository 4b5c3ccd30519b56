// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/evaluate.h"

#include "core/ops/schema.h"

#include <map>
#include <mutex>

namespace fxscope {
namespace {

Result<Value> evaluateItems(const ArgumentList& items, const Scope& scope) {
    ValueList values;
    values.reserve(items.size());
    for (const Argument& item : items) {
        FX_TRY(Value value, evaluate(item, scope));
        values.push_back(std::move(value));
    }
    return Value(std::move(values));
}

Value evaluateRange(const Argument::RangeValue& range) {
    ValueList values;
    for (int64_t i = range.start; range.step > 0 ? i < range.stop : range.step < 0 && i > range.stop; i += range.step)
        values.emplace_back(i);
    return values;
}

Diagnostic cannotEvaluate(std::string_view what) {
    return {"an argument is " + std::string(what) + ", which no operator here takes", {}, {}};
}

} // namespace

Result<Value> evaluate(const Argument& argument, const Scope& scope) {
    switch (argument.kind()) {
    case Argument::Kind::None: return Value();
    case Argument::Kind::Bool: return Value(argument.asBool());
    case Argument::Kind::Int: return Value(argument.asInt());
    case Argument::Kind::Float: return Value(argument.asFloat());
    case Argument::Kind::Complex: return Value(argument.asComplex());
    case Argument::Kind::String: return Value(argument.asString());
    case Argument::Kind::Node: return scope.values[argument.asNode().index];
    case Argument::Kind::Sym:
        if (const auto number = argument.asSym().eval(scope.symbols))
            return Value(*number);
        return Diagnostic{"the size " + argument.asSym().str() + " has no value", {}, {}};
    case Argument::Kind::DType: return Value(argument.asDType());
    case Argument::Kind::Device: return Value(argument.asDevice());
    case Argument::Kind::Layout: return Value(argument.asLayout());
    case Argument::Kind::MemoryFormat: return Value(argument.asMemoryFormat());
    case Argument::Kind::List:
    case Argument::Kind::Tuple: return evaluateItems(argument.items(), scope);
    case Argument::Kind::Range: return evaluateRange(argument.asRange());
    case Argument::Kind::Dict: return cannotEvaluate("a dict");
    case Argument::Kind::Slice: return cannotEvaluate("a slice");
    case Argument::Kind::Ellipsis: return cannotEvaluate("an ellipsis");
    case Argument::Kind::Operator: return cannotEvaluate("an operator");
    case Argument::Kind::Opaque: return cannotEvaluate("the text '" + argument.asOpaque() + "'");
    }
    return Value();
}

const Schema* schemaOf(const OpDef& op) {
    if (const Schema* schema = findSchema(op.target))
        return schema;
    if (op.signature.empty())
        return nullptr;
    static std::mutex mutex;
    static auto& own = *new std::map<const OpDef*, Schema>;
    const std::lock_guard lock(mutex);
    if (const auto found = own.find(&op); found != own.end())
        return &found->second;
    auto parsed = parseSchema(op.signature, op.target.str());
    return parsed ? &own.emplace(&op, std::move(parsed).value()).first->second : nullptr;
}

} // namespace fxscope
