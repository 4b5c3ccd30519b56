// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/recorded_call.h"

#include <cmath>
#include <optional>

namespace fxscope::conform {
namespace {

Result<Sizes> numbers(const Json& json, const char* key, const std::string& where) {
    return member<Sizes>(json, key, where);
}

/// Complex numbers are stored as pairs of real ones in a last dimension.
Result<Tensor> asComplex(const Tensor& pairs, DType dtype, const Sizes& sizes) {
    FX_TRY(const Tensor row, pairs.contiguous());
    const auto owner = std::make_shared<const Tensor>(row);
    auto storage = Storage::view({row.raw(), row.bytes()}, owner);
    return Tensor::view(std::move(storage), dtype, sizes, rowMajorStrides(sizes), 0);
}

} // namespace

Result<Tensor> tensorOf(const Json& json, const RecordedCall& of) {
    FX_TRY(const auto number, member<int64_t>(json, "tensor", of.where));
    FX_TRY(const auto dtypeName, member<std::string>(json, "dtype", of.where));
    FX_TRY(const Sizes sizes, numbers(json, "sizes", of.where));
    FX_TRY(const Sizes strides, numbers(json, "strides", of.where));
    const auto dtype = dtypeFromTorch(dtypeName);
    const auto found = of.tensors.find(of.prefix + std::to_string(number));
    if (!dtype || found == of.tensors.end())
        return Diagnostic{"tensor " + of.prefix + std::to_string(number) + " is not in the file", of.where,
                          "record again"};
    FX_TRY(const Tensor elements,
           isComplex(*dtype) ? asComplex(found->second, *dtype, sizes) : Result<Tensor>(found->second));
    FX_TRY(Tensor laidOut, Tensor::emptyStrided(*dtype, sizes, strides));
    if (elements.sizes() != sizes || elements.dtype() != *dtype)
        return Diagnostic{"tensor " + of.prefix + std::to_string(number) + " is not as described", of.where,
                          "record again"};
    copyElements(elements, laidOut);
    return laidOut;
}

namespace {

double specialFloat(const std::string& text) {
    return text == "inf" ? HUGE_VAL : text == "-inf" ? -HUGE_VAL : std::nan("");
}

/// {"dtype_value": "float32"}, {"device": "cpu"} and the like.
std::optional<Argument> tagged(const Json& json) {
    const auto text = [&](const char* key) { return json.at(key).get<std::string>(); };
    if (json.contains("dtype_value"))
        if (const auto dtype = dtypeFromTorch(text("dtype_value")))
            return Argument::dtype(*dtype);
    if (json.contains("device"))
        if (const auto device = Device::parse(text("device")))
            return Argument::device(*device);
    if (json.contains("layout"))
        if (const auto layout = layoutFromName(text("layout")))
            return Argument::layout(*layout);
    if (json.contains("memory_format"))
        if (const auto format = memoryFormatFromName(text("memory_format")))
            return Argument::memoryFormat(*format);
    if (json.contains("string"))
        return Argument::string(text("string"));
    if (json.contains("float"))
        return Argument::floating(specialFloat(text("float")));
    if (json.contains("complex"))
        return Argument::complex({json.at("complex").at(0).get<double>(), json.at("complex").at(1).get<double>()});
    return std::nullopt;
}

/// An argument; tensors become nodes, whose numbers are places in `of.values`.
Result<Argument> argumentOf(const Json& json, RecordedCall& of) {
    if (json.is_null())
        return Argument::none();
    if (json.is_boolean())
        return Argument::boolean(json.get<bool>());
    if (json.is_number_integer())
        return Argument::integer(json.get<int64_t>());
    if (json.is_number())
        return Argument::floating(json.get<double>());
    if (json.is_array()) {
        ArgumentList items;
        for (const Json& item : json) {
            FX_TRY(Argument one, argumentOf(item, of));
            items.push_back(std::move(one));
        }
        return Argument::list(std::move(items));
    }
    if (json.is_object() && json.contains("tensor")) {
        FX_TRY(Tensor tensor, tensorOf(json, of));
        of.values.emplace_back(std::move(tensor));
        return Argument::node(NodeId{static_cast<uint32_t>(of.values.size() - 1)});
    }
    const auto special = json.is_object() ? tagged(json) : std::nullopt;
    if (!special)
        return Diagnostic{"an argument of an unknown form: " + json.dump().substr(0, 80), of.where, ""};
    return *special;
}

} // namespace

Result<std::vector<Value>> boundValues(const Schema& schema, const Json& record, RecordedCall& of) {
    ArgumentList args;
    for (const Json& json : record.at("args")) {
        FX_TRY(Argument arg, argumentOf(json, of));
        args.push_back(std::move(arg));
    }
    Kwargs kwargs;
    for (const auto& [key, json] : record.at("kwargs").items()) {
        FX_TRY(Argument arg, argumentOf(json, of));
        kwargs.emplace_back(key, std::move(arg));
    }
    FX_TRY(const ArgumentList bound, bindArguments(schema, args, kwargs, of.where));
    std::vector<Value> values;
    for (const Argument& arg : bound) {
        FX_TRY(Value value, evaluate(arg, Scope{of.values, {}}));
        values.push_back(std::move(value));
    }
    return values;
}

} // namespace fxscope::conform
