// SPDX-License-Identifier: BSD-3-Clause
#include "tests/ops/value_rows.h"

#include "core/ops/kernel_util.h"
#include "core/support/file.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace fxscope {
namespace {

using Json = nlohmann::json;

double number(const Json& json) {
    return json.is_string() ? std::strtod(json.get_ref<const std::string&>().c_str(), nullptr) : json.get<double>();
}

template <class T> T element(const Json& json) {
    if constexpr (kIsComplex<T>)
        return T(static_cast<typename T::value_type>(number(json[0])),
                 static_cast<typename T::value_type>(number(json[1])));
    else if constexpr (std::is_integral_v<T>)
        return json.get<T>();
    else
        return castTo<T>(number(json));
}

/// Recorded strides where elements do not fall on one another, else a tensor whose dimension of stride 0 is expanded.
Result<Tensor> readTensor(const Json& json) {
    const auto dtype = dtypeFromTorch(json.at("tensor").get<std::string>());
    if (!dtype)
        return Diagnostic{"unknown dtype", "", ""};
    FX_TRY(Tensor plain, Tensor::empty(*dtype, json.at("sizes").get<Sizes>()));
    const Json& data = json.at("data");
    FX_CHECK(dispatch<DTypes::All>(*dtype, [&]<class T>() -> Result<Done> {
        for (int64_t i = 0; i < plain.numel(); ++i)
            plain.data<T>()[i] = element<T>(data.at(static_cast<size_t>(i)));
        return Done{};
    }));
    FX_TRY(Tensor tensor, Tensor::emptyStrided(*dtype, plain.sizes(), json.at("strides").get<Sizes>()));
    copyElements(plain, tensor); // elements that share a place are equal
    return tensor;
}

Result<Value> readValue(const Json& json) {
    if (json.is_null())
        return Value();
    if (json.is_boolean())
        return Value(json.get<bool>());
    if (json.is_number_integer())
        return Value(json.get<int64_t>());
    if (json.is_number() || json.is_string())
        return Value(number(json));
    if (json.is_array()) {
        ValueList list;
        for (const Json& item : json) {
            FX_TRY(Value value, readValue(item));
            list.push_back(std::move(value));
        }
        return Value(std::move(list));
    }
    if (json.contains("dtype"))
        return Value(dtypeFromTorch(json["dtype"].get<std::string>()).value_or(DType::Float32));
    if (json.contains("complex"))
        return Value(element<std::complex<double>>(json["complex"]));
    FX_TRY(Tensor tensor, readTensor(json));
    return Value(std::move(tensor));
}

/// Sums in another order differ by rounding: of the dtype, and as large as the largest elements make it.
double toleranceOf(DType dtype) {
    switch (dtype) {
    case DType::BFloat16: return 8e-3;
    case DType::Float16: return 1e-3;
    case DType::Float32:
    case DType::Complex64: return 1e-6;
    case DType::Float64:
    case DType::Complex128: return 1e-12;
    default: return 0;
    }
}

bool near(double a, double b, double bound) {
    if (std::isnan(a) || std::isnan(b) || std::isinf(a) || std::isinf(b))
        return a == b || (std::isnan(a) && std::isnan(b));
    return std::abs(a - b) <= bound;
}

double largest(const std::vector<double>& elements) {
    double most = 0;
    for (const double element : elements)
        if (std::isfinite(element))
            most = std::max(most, std::abs(element));
    return most;
}

/// Row-major elements as doubles; a complex one as two.
Result<std::vector<double>> elements(const Tensor& tensor) {
    FX_TRY(const Tensor rows, tensor.contiguous());
    std::vector<double> all;
    FX_CHECK(dispatch<DTypes::All>(rows.dtype(), [&]<class T>() -> Result<Done> {
        for (int64_t i = 0; i < rows.numel(); ++i)
            if constexpr (kIsComplex<T>)
                all.insert(all.end(), {rows.data<T>()[i].real(), rows.data<T>()[i].imag()});
            else
                all.push_back(static_cast<double>(rows.data<T>()[i]));
        return Done{};
    }));
    return all;
}

std::string tensorDifference(const Tensor& recorded, const Tensor& computed) {
    const bool sameStrides = recorded.strides() == computed.strides() || recorded.numel() == 0;
    if (recorded.dtype() != computed.dtype() || recorded.sizes() != computed.sizes() || !sameStrides)
        return "recorded " + ValueMeta::tensor(recorded.meta()).str(true) + ", computed " +
               ValueMeta::tensor(computed.meta()).str(true);
    const auto a = elements(recorded), b = elements(computed);
    if (!a.ok() || !b.ok())
        return "dtype that cannot be compared";
    const double bound = toleranceOf(recorded.dtype()) * (1 + largest(*a));
    for (size_t i = 0; i < a->size(); ++i)
        if (!near((*b)[i], (*a)[i], bound))
            return "element " + std::to_string(i) + ": recorded " + std::to_string((*a)[i]) + ", computed " +
                   std::to_string((*b)[i]);
    return {};
}

} // namespace

Result<std::vector<ValueRow>> readValueRows(const std::string& path) {
    FX_TRY(const auto file, MappedFile::open(path));
    const Json json = Json::parse(file->text(), nullptr, /*allow_exceptions=*/false);
    if (!json.is_array())
        return Diagnostic{"no list of rows", path, ""};
    std::vector<ValueRow> rows;
    for (const Json& item : json) {
        FX_TRY(Value args, readValue(item.at("args")));
        FX_TRY(Value out, readValue(item.at("out")));
        rows.push_back({item.at("target"), args.list(), out.list()});
    }
    return rows;
}

std::string differenceFrom(const Value& recorded, const Value& computed) {
    if (recorded.isTensor() && computed.isTensor())
        return tensorDifference(recorded.tensor(), computed.tensor());
    if (!recorded.isList() || !computed.isList() || recorded.list().size() != computed.list().size())
        return "recorded " + recorded.str() + ", computed " + computed.str();
    for (size_t i = 0; i < recorded.list().size(); ++i)
        if (const std::string text = differenceFrom(recorded.list()[i], computed.list()[i]); !text.empty())
            return "result " + std::to_string(i) + ": " + text;
    return {};
}

} // namespace fxscope
