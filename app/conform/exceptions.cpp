// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/exceptions.h"

#include <array>
#include <cmath>
#include <set>

namespace fxscope::conform {
namespace {

constexpr std::array<Exception, 5> kExceptions{{
    {"aten.sort.default, aten.topk.default", "the places pick the recorded values, and name none twice",
     "which of equal elements comes first depends on the machine's vector instructions"},
    {"matrix products, convolutions and Fourier transforms of float32 and complex64",
     "within 2.4e-7 of the largest result, beside the usual tolerance",
     "terms cancel: the rounding of their sum depends on the order of adding and is as large as the terms"},
    {"log_softmax of float16 and bfloat16", "within one step of the half type",
     "PyTorch rounds the sum of exponentials to the half type before its logarithm"},
    {"aten.empty and its kin", "dtype, sizes and layout alone", "what they hold is not defined"},
    {"aten.as_strided.default with an offset", "skipped where the result has elements that the recorded tensor has not",
     "records keep tensors, not the memory around them", true},
}};

/// PyTorch rounds the sum of a row's exponentials to half precision before its logarithm: one bit of the sum, which its
/// vector order of adding decides, is one step of half precision in every element of the row.
std::optional<Tolerance> toleranceOf(std::string_view op, DType dtype) {
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

} // namespace

std::span<const Exception> exceptions() { return kExceptions; }

bool isUninitialised(std::string_view op) { return op.starts_with("aten.empty"); }

std::optional<Tolerance> toleranceFor(std::string_view op, const Tensor& wanted, double distance) {
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

namespace {

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

} // namespace

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

namespace {

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

} // namespace

/// An offset of as_strided counts from the start of the storage, and records keep tensors, not what lies around them: a
/// result that ends outside self, or has elements that self does not have, came from there. Of true and false nobody
/// can tell where they came from.
bool readsUnrecordedMemory(const OpDef& op, const Json& record, const RecordedCall& of) {
    if (op.target.str() != "torch.ops.aten.as_strided.default" || record.at("args").size() < 4)
        return false;
    const auto self = tensorOf(record.at("args").at(0), of), result = tensorOf(record.at("out").at(0), of);
    const bool isElsewhere =
        self.ok() && result.ok() &&
        (self->dtype() == DType::Bool || !endsWithin(record.at("args"), self->numel()) || !holdsAll(*self, *result));
    return isElsewhere;
}

} // namespace fxscope::conform
