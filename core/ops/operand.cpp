// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/operand.h"

#include "core/ops/args.h"
#include "core/ops/dispatch.h"
#include "core/ops/loop.h"
#include "core/ops/shapes.h"
#include "core/ops/words.h"
#include "core/tensor/device_memory.h"

namespace fxscope {
namespace {

template <class To> Result<Done> castElements(const Tensor& from, Tensor& to) {
    return dispatch<DTypes::All>(from.dtype(), [&]<class From>() -> Result<Done> {
        mapElements<To, From>(to, {&from}, [](From value) { return castTo<To>(value); });
        return Done{};
    });
}

} // namespace

Result<Tensor> expandTo(const Tensor& x, const Sizes& sizes) {
    if (x.sizes() == sizes)
        return x;
    const size_t added = sizes.size() - x.dim();
    Sizes strides(sizes.size(), 0);
    for (size_t d = 0; d < x.dim() && x.dim() <= sizes.size(); ++d)
        strides[added + d] = x.size(d) == 1 && sizes[added + d] != 1 ? 0 : x.strides()[d];
    for (size_t d = 0; d < x.dim(); ++d)
        if (x.dim() > sizes.size() || (x.size(d) != 1 && x.size(d) != sizes[added + d]))
            return Diagnostic{
                "The expanded size of the tensor must match the existing size at non-singleton dimensions: " +
                    sizesText(x.sizes()) + " does not expand to " + sizesText(sizes),
                "", ""};
    return x.asStrided(sizes, std::move(strides), x.offset());
}

Result<Done> copyInto(const Tensor& from, Tensor& to) {
    FX_TRY(const Tensor source, expandTo(from, to.sizes()));
    if (source.dtype() == to.dtype()) {
        copyElements(source, to);
        return Done{};
    }
    if (!source.onHost() || !to.onHost())
        return (source.onHost() ? to : source).storage()->memory()->copy(source, to);
    return dispatch<DTypes::All>(to.dtype(), [&]<class To>() { return castElements<To>(source, to); });
}

Result<Tensor> castTensor(const Tensor& x, DType dtype) {
    if (x.dtype() == dtype)
        return x;
    TensorMeta meta = x.meta();
    meta.strides = preservedStrides(meta);
    meta.dtype = dtype;
    FX_TRY(Tensor result, allocate(meta));
    FX_CHECK(copyInto(x, result));
    return result;
}

Result<Done> fill(Tensor& to, const Value& number) {
    if (!to.onHost()) {
        FX_TRY(const Tensor element, numberTensor(number, to.dtype()));
        return to.storage()->memory()->fill(to, element.raw());
    }
    return dispatch<DTypes::All>(to.dtype(), [&]<class T>() -> Result<Done> {
        T value{};
        if (const auto* c = std::get_if<std::complex<double>>(&number.v))
            value = castTo<T>(*c);
        else if (const auto* i = std::get_if<int64_t>(&number.v))
            value = castTo<T>(*i);
        else if (number.isNumber())
            value = castTo<T>(number.toDouble());
        else
            return Diagnostic{"a number is wanted here, got " + number.str(), "", ""};
        mapElements<T>(to, {}, [value] { return value; });
        return Done{};
    });
}

Result<Tensor> numberTensor(const Value& number, DType dtype) {
    FX_TRY(Tensor result, Tensor::empty(dtype, {}));
    FX_CHECK(fill(result, number));
    return result;
}

Result<Tensor> operand(const Value& value, DType dtype, const Sizes& sizes) {
    if (!value.isTensor()) {
        FX_TRY(const Tensor number, numberTensor(value, dtype));
        return expandTo(number, sizes);
    }
    FX_TRY(const Tensor cast, castTensor(value.tensor(), dtype));
    return expandTo(cast, sizes);
}

Result<Done> checkWritable(const Tensor& x) {
    if (x.storage() && x.storage()->readOnly())
        return Diagnostic{"this tensor lies in a read-only file and cannot be written in place", "", ""};
    for (size_t d = 0; d < x.dim(); ++d)
        if (x.size(d) > 1 && x.strides()[d] == 0)
            return Diagnostic{
                "unsupported operation: more than one element of the written-to tensor refers to a single memory "
                "location. Please clone() the tensor before performing the operation.",
                "", ""};
    return Done{};
}

} // namespace fxscope
