// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/ops_conform.h"

#include "app/conform/records.h"
#include "core/compare/compare.h"
#include "core/exec/evaluate.h"
#include "core/io/capture.h"
#include "core/ops/args.h"
#include "core/ops/shapes.h"
#include "core/support/text.h"

#include <cmath>
#include <filesystem>
#include <optional>
#include <set>

namespace fxscope::conform {
namespace {

/// One recorded call: the tensors of the file by number, and the case in JSON.
struct Case {
    std::string where; ///< "aten.relu.default, case 3"
    std::string prefix;
    const TensorMap& tensors;
    std::vector<Value> values; ///< by tensor number, those read so far
};

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

/// The tensor that a record describes, laid out as it was.
Result<Tensor> tensorOf(const Json& json, const Case& of) {
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
Result<Argument> argumentOf(const Json& json, Case& of) {
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

Result<std::vector<Value>> boundValues(const Schema& schema, const Json& record, Case& of) {
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

/// The same layout where it can be told: the stride of a dimension of one element says nothing.
bool sameLayout(const Sizes& sizes, const Sizes& a, const Sizes& b) {
    for (size_t d = 0; d < sizes.size(); ++d)
        if (sizes[d] == 0)
            return true;
    for (size_t d = 0; d < sizes.size(); ++d)
        if (sizes[d] != 1 && a[d] != b[d])
            return false;
    return true;
}

std::string shown(const TensorMeta& meta) { return ValueMeta::tensor(meta).str(true); }

/// Empty if `got` is laid out as `wanted`. Results were copied when they were recorded, which closes gaps and
/// repetitions of views; so is `got` here.
std::string layoutDifference(TensorMeta got, const TensorMeta& wanted) {
    got.strides = preservedStrides(got);
    const auto constants = [](const SymSizes& from) {
        Sizes to;
        for (const SymInt& size : from)
            to.push_back(size.isConstant() ? size.constant() : -1);
        return to;
    };
    const Sizes sizes = constants(got.sizes), wantedSizes = constants(wanted.sizes);
    const bool same = got.dtype == wanted.dtype && sizes == wantedSizes && got.strides &&
                      sameLayout(sizes, constants(*got.strides), constants(*wanted.strides));
    return same ? std::string() : "got " + shown(got) + ", recorded " + shown(wanted);
}

void collectMetas(const ValueMeta& meta, std::vector<TensorMeta>& into) {
    if (meta.isTensor())
        into.push_back(meta.tensor());
    else if (meta.kind() == ValueMeta::Kind::List)
        for (const ValueMeta& item : meta.items())
            collectMetas(item, into);
}

/// What `empty` and its kin hold is not defined.
bool isUninitialised(const std::string& op) { return op.find("aten.empty") == 0; }

/// PyTorch rounds the sum of a row's exponentials to half precision before its logarithm: one bit of the sum, which its
/// vector order of adding decides, is one step of half precision in every element of the row.
std::optional<Tolerance> toleranceOf(const std::string& op, DType dtype) {
    const bool reduced = dtype == DType::Float16 || dtype == DType::BFloat16;
    if (reduced && op.find("log_softmax") != std::string::npos)
        return Tolerance{dtype == DType::Float16 ? 0x1p-9 : 0x1p-6, dtype == DType::Float16 ? 0x1p-10 : 0x1p-7};
    return std::nullopt;
}

/// Sums of products in float, whose terms cancel: their rounding depends on the order of adding and is as large as the
/// terms are, of which the largest sum is a measure.
bool sumsProducts(std::string_view op) {
    for (const std::string_view part : {"mm.", "bmm.", "mv.", "dot.", "linear.", "convolution", "_fft_"})
        if (op.find(part) != std::string_view::npos)
            return true;
    return false;
}

double largestOf(const Tensor& tensor) {
    const TensorStatistics of = statistics(tensor);
    return std::max(std::abs(of.min), std::abs(of.max));
}

/// `distance`: how far PyTorch's own results on the device were from the recorded ones.
std::optional<Tolerance> toleranceFor(const std::string& op, const Tensor& wanted, double distance) {
    std::optional<Tolerance> tolerance = toleranceOf(op, wanted.dtype());
    const bool single = wanted.dtype() == DType::Float32 || wanted.dtype() == DType::Complex64;
    if (single && wanted.numel() > 0 && sumsProducts(op))
        tolerance = Tolerance{1.3e-6, 1e-5 + 2.4e-7 * largestOf(wanted)};
    if (distance > 0) {
        tolerance = tolerance.value_or(defaultTolerance(wanted.dtype()));
        tolerance->atol = std::max(tolerance->atol, distance);
    }
    return tolerance;
}

std::string numbersDifference(const std::string& op, const Tensor& got, const Tensor& wanted, double distance) {
    const TensorDifference difference = compareTensors(got, wanted, toleranceFor(op, wanted, distance));
    if (difference.equal)
        return {};
    if (!difference.mismatch.empty())
        return difference.mismatch;
    return counted(difference.differing, "element differs", "elements differ") + ", at " +
           std::to_string(difference.firstBad) + " " + reprFloat(difference.firstBadA) + " instead of " +
           reprFloat(difference.firstBadB);
}

/// Is every place along `dim` named once at most? What names one of equal elements twice has lost another.
bool namesEachOnce(const Tensor& places, size_t dim, int64_t size) {
    const auto rows = places.contiguous();
    if (!rows.ok() || places.dtype() != DType::Int64)
        return false;
    const int64_t count = places.size(dim), inner = rows->strides()[dim],
                  outer = places.numel() / std::max<int64_t>(1, count * inner);
    for (int64_t o = 0; o < outer; ++o)
        for (int64_t i = 0; i < inner; ++i) {
            std::vector<bool> seen(static_cast<size_t>(size));
            for (int64_t k = 0; k < count; ++k) {
                const int64_t place = rows->data<int64_t>()[(o * count + k) * inner + i];
                if (place < 0 || place >= size || seen[static_cast<size_t>(place)])
                    return false;
                seen[static_cast<size_t>(place)] = true;
            }
        }
    return true;
}

/// Places of a sort that need not be stable, or of the k largest: which of equal elements is named is not defined, and
/// PyTorch's answer depends on the machine's vector instructions. They are right if they pick the recorded values, no
/// place twice.
bool picksRecordedValues(const Tensor& x, int64_t dim, const Tensor& places, const Tensor& values, Backend& backend) {
    const OpDef* gather = findOp("torch.ops.aten.gather.default");
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const std::array<Value, 4> args{Value(x), Value(dim), Value(places), Value(false)};
    const auto picked = runAlone(backend, *gather, args, context);
    const auto axis = static_cast<size_t>(dim < 0 ? dim + static_cast<int64_t>(x.dim()) : dim);
    return picked.ok() && compareTensors(picked->tensor(), values, Tolerance{0, 0}).equal &&
           namesEachOnce(places, axis, x.size(axis));
}

bool namesPlacesOfEqualElements(std::string_view op) { return op == "aten.sort.default" || op == "aten.topk.default"; }

/// Empty if rule and kernel agree with the record. `cannotReplay` is set where there is no code for the
/// case.
Result<std::string> replayCase(const OpDef& op, const Json& record, Case& of, Backend& backend, bool& cannotReplay) {
    const Schema* schema = schemaOf(op);
    FX_TRY(const std::vector<Value> args, boundValues(*schema, record, of));
    std::vector<Tensor> wanted;
    for (const Json& json : record.at("out")) {
        if (!json.is_object())
            continue;
        FX_TRY(Tensor tensor, tensorOf(json, of));
        wanted.push_back(std::move(tensor));
    }
    std::vector<TensorMeta> inferred;
    if (op.infer)
        if (const auto meta = op.infer(metaArgs(args)); meta.ok())
            collectMetas(*meta, inferred);
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const auto result = runAlone(backend, op, args, context);
    if (!result.ok()) {
        cannotReplay = result.error().what.find("no kernel for") != std::string::npos;
        return result.error().str();
    }
    const auto distances = record.find("cuda_max_abs_diff");
    const auto distanceOf = [&](size_t i) {
        const bool known = backend.name() == "cuda" && distances != record.end() && distances->is_array() &&
                           i < distances->size() && (*distances)[i].is_number();
        return known ? (*distances)[i].get<double>() : 0.0;
    };
    std::vector<Tensor> got;
    forEachTensor(*result, [&](const Tensor& tensor) { got.push_back(tensor); });
    if (got.size() != wanted.size())
        return counted(int64_t(got.size()), "result", "results") + ", recorded " + std::to_string(wanted.size());
    for (size_t i = 0; i < got.size(); ++i) {
        if (const auto why = layoutDifference(got[i].meta(), wanted[i].meta()); !why.empty())
            return "kernel: " + why;
        if (i < inferred.size())
            if (const auto why = layoutDifference(inferred[i], wanted[i].meta()); !why.empty())
                return "shape rule: " + why;
        if (isUninitialised(std::string(op.target.shortName())))
            continue;
        if (i == 1 && namesPlacesOfEqualElements(op.target.shortName()) && args[0].tensor().dim() > 0) {
            const int64_t dim = args[op.target.shortName() == "aten.sort.default" ? 1 : 2].toInt();
            if (picksRecordedValues(args[0].tensor(), dim, got[1], wanted[0], backend))
                continue;
        }
        if (const auto why = numbersDifference(std::string(op.target.shortName()), got[i], wanted[i], distanceOf(i));
            !why.empty())
            return why;
    }
    return std::string();
}

/// Are all of the elements of `part` among those of `whole`?
bool holdsAll(const Tensor& whole, const Tensor& part) {
    std::set<std::string_view> elements;
    const size_t width = bytesOf(whole.dtype());
    const auto rows = whole.contiguous(), wanted = part.contiguous();
    const auto at = [&](const Tensor& t, int64_t i) {
        return std::string_view(reinterpret_cast<const char*>(t.raw()) + static_cast<size_t>(i) * width, width);
    };
    for (int64_t i = 0; rows.ok() && i < rows->numel(); ++i)
        elements.insert(at(*rows, i));
    for (int64_t i = 0; wanted.ok() && i < wanted->numel(); ++i)
        if (!elements.contains(at(*wanted, i)))
            return false;
    return true;
}

/// Does a view of these sizes, strides and offset (arguments 1 to 3) end within `count` elements?
bool endsWithin(const Json& args, int64_t count) {
    int64_t last = args.at(3).is_number_integer() ? args.at(3).get<int64_t>() : 0;
    const Sizes sizes = args.at(1).get<Sizes>(), strides = args.at(2).get<Sizes>();
    for (size_t d = 0; d < sizes.size(); ++d)
        last += (sizes[d] - 1) * strides[d];
    return last < count;
}

/// An offset of as_strided counts from the start of the storage, and records keep tensors, not what lies around them: a
/// result that ends outside self, or has elements that self does not have, came from there. Of true and false nobody
/// can tell where they came from.
bool readsUnrecordedMemory(const OpDef& op, const Json& record, const Case& of) {
    if (op.target.str() != "torch.ops.aten.as_strided.default" || record.at("args").size() < 4)
        return false;
    const auto self = tensorOf(record.at("args").at(0), of), result = tensorOf(record.at("out").at(0), of);
    const bool isElsewhere =
        self.ok() && result.ok() &&
        (self->dtype() == DType::Bool || !endsWithin(record.at("args"), self->numel()) || !holdsAll(*self, *result));
    return isElsewhere;
}

void replayInto(Report& report, const std::string& group, const Json& record, Case& of, Backend& backend) {
    const OpDef* op = findOp("torch.ops." + group);
    if (!op || !op->reference || !schemaOf(*op)) {
        report.skip(group, "no kernel for torch.ops." + group);
        return;
    }
    if (readsUnrecordedMemory(*op, record, of)) {
        report.skip(group, "reads memory that was not recorded");
        return;
    }
    bool cannotReplay = false;
    const auto outcome = replayCase(*op, record, of, backend, cannotReplay);
    const std::string why = outcome.ok() ? *outcome : outcome.error().str();
    if (cannotReplay)
        report.skip(group, why);
    else
        report.check(group, why.empty() ? why : of.where + ": " + why);
}

} // namespace

Result<Report> replayOperator(const std::string& path, Backend& backend) {
    FX_TRY(const Json json, readJson(path));
    FX_TRY(const auto op, member<std::string>(json, "op", path));
    FX_TRY(const auto cases, member<Json>(json, "cases", path));
    FX_TRY(const TensorMap tensors,
           io::loadTensors(std::filesystem::path(path).replace_extension(".safetensors").string()));
    Report report;
    size_t number = 0;
    for (const Json& record : cases) {
        const size_t at = number++;
        Case of{op + ", case " + std::to_string(at), std::to_string(at) + ".", tensors, {}};
        if (!record.is_object() || !record.contains("args") || !record.contains("kwargs") || !record.contains("out"))
            return Diagnostic{"a case without args, kwargs or out", of.where, "record again, or take an intact copy"};
        replayInto(report, op, record, of, backend);
    }
    return report;
}

} // namespace fxscope::conform
