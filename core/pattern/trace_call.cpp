// SPDX-License-Identifier: BSD-3-Clause
// From a call as Python writes it to one ATen overload.
#include "core/ops/op.h"
#include "core/pattern/tracer.h"
#include "core/support/text.h"

#include <algorithm>
#include <cmath>

namespace fxscope {
namespace {

using TraceKind = TraceValue::Kind;

/// Functions whose Python binding takes a number where a tensor is wanted.
bool takesNumbersAsTensors(std::string_view packet) {
    static constexpr std::string_view kNames[] = {"add", "sub",    "subtract",    "mul",         "multiply",
                                                  "div", "divide", "true_divide", "floor_divide"};
    return std::find(std::begin(kNames), std::end(kNames), packet.substr(packet.rfind('.') + 1)) != std::end(kNames);
}

enum class Fit { No, Number, Yes };

/// Whether a value can be given for a parameter of a schema type; Number: as a wrapped number for a tensor.
Fit fit(const Tracer& tracer, std::string_view type, const Argument& value) {
    using K = Argument::Kind;
    if (type.ends_with('?')) {
        if (value.isNone())
            return Fit::Yes;
        type.remove_suffix(1);
    }
    const auto yes = [](bool ok) { return ok ? Fit::Yes : Fit::No; };
    if (type.ends_with(']')) {
        const size_t open = type.rfind('[');
        const std::string_view element = type.substr(0, open);
        if (!value.isSequence())
            return type.size() - open > 2 && !element.starts_with("Tensor") ? fit(tracer, element, value) : Fit::No;
        for (const Argument& item : value.items())
            if (fit(tracer, element, item) != Fit::Yes)
                return Fit::No;
        return Fit::Yes;
    }
    const bool tensor = tracer.tensorOf(value) != nullptr;
    const bool number = value.kind() == K::Int || value.kind() == K::Float || value.kind() == K::Bool;
    if (type == "Tensor")
        return tensor ? Fit::Yes : number ? Fit::Number : Fit::No;
    if (type == "int" || type == "SymInt")
        return yes(value.isInt() || (value.isNode() && !tensor));
    if (type == "float")
        return yes(number);
    if (type == "Scalar" || type == "complex")
        return yes(number || value.kind() == K::Complex || (value.isNode() && !tensor));
    if (type == "bool")
        return yes(value.kind() == K::Bool);
    if (type == "str")
        return yes(value.kind() == K::String);
    if (type == "ScalarType")
        return yes(value.kind() == K::DType);
    if (type == "Device")
        return yes(value.kind() == K::Device);
    if (type == "Layout")
        return yes(value.kind() == K::Layout);
    if (type == "MemoryFormat")
        return yes(value.kind() == K::MemoryFormat);
    return yes(value.isNone());
}

bool isOutVariant(const Schema& schema) {
    return std::any_of(schema.args.begin(), schema.args.end(),
                       [](const SchemaArg& arg) { return arg.mutated && arg.keywordOnly; });
}

/// 0: does not fit; more is better. A schema that takes the values as they are beats one that wraps a number.
int score(const Tracer& tracer, const Schema& schema, const ArgumentList& args, const Kwargs& kwargs, bool numbers) {
    if (isOutVariant(schema))
        return 0;
    const auto bound = bindArguments(schema, args, kwargs, {});
    if (!bound.ok())
        return 0;
    int result = numbers ? 2 : 3;
    for (size_t i = 0; i < schema.args.size(); ++i) {
        if (schema.args[i].fallback && *schema.args[i].fallback == (*bound)[i])
            continue;
        const Fit each = fit(tracer, schema.args[i].type, (*bound)[i]);
        if (each == Fit::No)
            return 0;
        if (each == Fit::Number)
            result = numbers ? 3 : 1;
    }
    return result;
}

/// Methods that convert to one dtype.
std::optional<DType> castMethod(std::string_view name) {
    static constexpr std::pair<std::string_view, DType> kCasts[] = {
        {"float", DType::Float32}, {"double", DType::Float64}, {"half", DType::Float16}, {"bfloat16", DType::BFloat16},
        {"int", DType::Int32},     {"long", DType::Int64},     {"bool", DType::Bool}};
    for (const auto& [cast, dtype] : kCasts)
        if (cast == name)
            return dtype;
    return std::nullopt;
}

/// A Python function whose parameters are not those of the ATen operator it ends in.
struct PythonForm {
    std::string_view path, packet;
    struct Parameter {
        std::string_view name;
        Argument fallback; ///< None: required
    };
    std::vector<Parameter> parameters; ///< those that the operator takes, in its order
};

const PythonForm* pythonForm(std::string_view path) {
    static const auto& forms = *new std::vector<PythonForm>{
        {"torch.nn.functional.dropout",
         "torch.ops.aten.dropout",
         {{"input", {}}, {"p", Argument::floating(0.5)}, {"training", Argument::boolean(true)}}},
    };
    const auto found =
        std::find_if(forms.begin(), forms.end(), [&](const PythonForm& form) { return form.path == path; });
    return found == forms.end() ? nullptr : &*found;
}

bool isFactory(const Schema& schema) { return schema.find("pin_memory") >= 0; }

} // namespace

Result<Target> Tracer::overload(const std::string& packet, const ArgumentList& args, const Kwargs& kwargs) {
    std::vector<std::string> overloads;
    if (findSchema(packet))
        overloads.push_back(packet); // the overload itself was written
    else
        overloads = overloadsOf(packet);
    if (overloads.empty()) {
        const auto near = nearestTargets(packet);
        Diagnostic unknown = unsupported("the function " + displayText(packet) + " is unknown");
        unknown.next = near.empty() ? "" : "did you mean " + join(near, " or ") + "?";
        return unknown;
    }
    const bool numbers = takesNumbersAsTensors(packet);
    std::string best;
    int bestScore = 0;
    for (const std::string& candidate : overloads) {
        const Schema* schema = findSchema(candidate);
        const int points = schema ? score(*this, *schema, args, kwargs, numbers) : 0;
        if (points == 0)
            continue;
        // Some overloads exist for TorchScript alone, beside one that is dispatched.
        const bool dispatched = findOp(Target(candidate)) || isDecomposedByPyTorch(Target(candidate));
        const int rank = points * 4 + (dispatched ? 2 : 0) + (candidate.ends_with(".default") ? 1 : 0);
        if (rank > bestScore)
            best = candidate, bestScore = rank;
    }
    const auto isNumberTensor = [this](const Argument& value) {
        const TensorMeta* tensor = tensorOf(value);
        return tensor && tensor->sizes.empty();
    };
    if (!bestScore &&
        (std::any_of(args.begin(), args.end(), isNumberTensor) ||
         std::any_of(kwargs.begin(), kwargs.end(), [&](const Kwarg& kwarg) { return isNumberTensor(kwarg.second); })))
        return error("RuntimeError: aten._local_scalar_dense.default"); // a traced tensor has no number to give
    if (!bestScore)
        return error("TypeError: no overload of " + packet.substr(packet.rfind('.') + 1) + " takes these arguments");
    return Target(best);
}

Result<TraceValue> Tracer::callFunction(const TraceValue& function, std::vector<TraceValue> args, CallKeywords kwargs) {
    if (function.kind != TraceKind::Function)
        return error("TypeError: this object is not callable");
    if (function.items.empty())
        return callPath(function.path, std::move(args), std::move(kwargs));
    return callMethod(function.items.front(), function.path, std::move(args), std::move(kwargs));
}

/// What is no plain call of an ATen operator; nothing: it is one.
std::optional<Result<TraceValue>> Tracer::callPython(const std::string& path, const std::vector<TraceValue>& args,
                                                     const CallKeywords& kwargs) {
    const bool lone = args.size() == 1 && kwargs.empty();
    if (path == "math.sqrt" && lone) {
        if (!args[0].isNumber())
            return unsupported("math.sqrt of what is no plain number");
        return TraceValue::of(Argument::floating(std::sqrt(numberOf(args[0].constant))));
    }
    if (path == "torch.finfo" && lone && args[0].constant.kind() == Argument::Kind::DType) {
        TraceValue info;
        info.kind = TraceKind::Function;
        info.path = path;
        info.items = args;
        return info;
    }
    const PythonForm* form = pythonForm(path);
    if (!form)
        return std::nullopt;
    std::vector<TraceValue> bound;
    for (size_t i = 0; i < form->parameters.size(); ++i) {
        const auto& [name, fallback] = form->parameters[i];
        const auto given = std::find_if(kwargs.begin(), kwargs.end(),
                                        [&, key = name](const auto& kwarg) { return kwarg.first == key; });
        bound.push_back(i < args.size() ? args[i] : given != kwargs.end() ? given->second : TraceValue::of(fallback));
    }
    if (args.size() > form->parameters.size() || args.size() + kwargs.size() > form->parameters.size())
        return unsupported("these arguments of " + path);
    return callPacket(std::string(form->packet), std::move(bound), {}, false);
}

Result<TraceValue> Tracer::callPath(const std::string& path, std::vector<TraceValue> args, CallKeywords kwargs) {
    if (auto result = callPython(path, args, kwargs))
        return std::move(*result);
    if (path.starts_with("torch.ops.")) {
        auto result = callPacket(path, std::move(args), std::move(kwargs), false);
        if (!result.ok() && result.error().what.starts_with("TypeError: no overload")) // another exception there
            return error("Runtime" + result.error().what.substr(4));
        return result;
    }
    if (path == "torch.device" && args.size() == 1 && args[0].constant.kind() == Argument::Kind::String)
        if (const auto device = Device::parse(args[0].constant.asString()))
            return TraceValue::of(Argument::device(*device));
    if (path.starts_with("operator."))
        return unsupported(path + "; write the operator itself");
    static constexpr std::string_view kModules[] = {"torch.nn.functional.", "torch._C._nn.", "torch."};
    for (const std::string_view module : kModules)
        if (path.starts_with(module) && path.find('.', module.size()) == std::string::npos)
            return callPacket("torch.ops.aten." + path.substr(module.size()), std::move(args), std::move(kwargs),
                              module == "torch.");
    return unsupported("the function " + displayText(path));
}

Result<TraceValue> Tracer::castTo(const TraceValue& object, DType dtype) {
    if (meta(object.node).dtype == dtype)
        return object;
    return call("torch.ops.prims.convert_element_type.default", {Argument::node(object.node), Argument::dtype(dtype)},
                {});
}

Result<TraceValue> Tracer::callMethod(const TraceValue& object, const std::string& name, std::vector<TraceValue> args,
                                      CallKeywords kwargs) {
    const TensorMeta& tensor = meta(object.node);
    const auto rank = static_cast<int64_t>(tensor.sizes.size());
    if (name == "dim" && args.empty())
        return TraceValue::of(Argument::integer(rank));
    if (name == "size" && args.size() == 1 && args[0].isInt()) {
        const int64_t dim = args[0].constant.asInt() < 0 ? args[0].constant.asInt() + rank : args[0].constant.asInt();
        if (dim < 0 || dim >= rank)
            return error("IndexError: Dimension out of range");
        return sizeOf(object.node, static_cast<size_t>(dim));
    }
    if (name == "size" && args.empty())
        return attribute(object, "shape");
    // view(2, 3), permute(0, 2, 1): a list may be written without brackets.
    const bool variadic =
        name == "view" || name == "reshape" || name == "permute" || name == "expand" || name == "repeat";
    if (variadic && !args.empty() && args[0].kind != TraceKind::Sequence && args[0].kind != TraceKind::Tensor) {
        TraceValue list;
        list.kind = TraceKind::Sequence;
        list.list = true;
        list.items = std::move(args);
        args = {std::move(list)};
    }
    if (const auto dtype = castMethod(name); dtype && args.empty() && kwargs.empty())
        return castTo(object, *dtype);
    if ((name == "to" || name == "type") && args.size() + kwargs.size() == 1) {
        const TraceValue& wanted = args.empty() ? kwargs.front().second : args.front();
        if (wanted.constant.kind() == Argument::Kind::DType && (args.size() == 1 || kwargs.front().first == "dtype"))
            return castTo(object, wanted.constant.asDType());
    }
    if (name == "to" || name == "type" || name == "item" || name == "tolist" || name == "cuda" || name == "cpu")
        return unsupported("." + name + "(); write torch.ops.prims.convert_element_type.default(x, dtype)");
    args.insert(args.begin(), object);
    return callPacket("torch.ops.aten." + name, std::move(args), std::move(kwargs), false);
}

Result<TraceValue> Tracer::callPacket(const std::string& packet, std::vector<TraceValue> values, CallKeywords keywords,
                                      bool factory) {
    ArgumentList args;
    Kwargs kwargs;
    for (const TraceValue& value : values) {
        FX_TRY(Argument one, argument(value));
        args.push_back(std::move(one));
    }
    for (const auto& [key, value] : keywords) {
        FX_TRY(Argument one, argument(value));
        if (key == "device" && one.kind() == Argument::Kind::String)
            if (const auto device = Device::parse(one.asString()))
                one = Argument::device(*device);
        kwargs.emplace_back(key, std::move(one));
    }
    FX_TRY(const Target target, overload(packet, args, kwargs));
    const Schema& schema = *findSchema(target);
    if (factory && isFactory(schema)) {
        // Python's binding of a factory function always says device and pin_memory.
        const auto given = [&](std::string_view key) {
            return std::any_of(kwargs.begin(), kwargs.end(), [&](const Kwarg& kwarg) { return kwarg.first == key; });
        };
        if (!given("device"))
            kwargs.emplace_back("device", Argument::device({}));
        if (!given("pin_memory"))
            kwargs.emplace_back("pin_memory", Argument::boolean(false));
    }
    return call(target, std::move(args), std::move(kwargs));
}

} // namespace fxscope
