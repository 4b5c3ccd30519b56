// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"
#include "core/ops/words.h"

// Checks: they yield nothing, and stop the run where they do not hold.

namespace fxscope::ops {
namespace {

Result<ValueMeta> inferNothing(Metas) { return ValueMeta::none(); }

Diagnostic mismatch(std::string_view what, const std::string& wanted, const std::string& got) {
    return Diagnostic{"Tensor " + std::string(what) + " mismatch! Expected: " + wanted + ", Got: " + got, "", ""};
}

/// Sizes or strides, where they are asked for.
Result<Done> checkNumbers(Values args, size_t i, std::string_view what, const Sizes& have) {
    if (isNoneAt(args, i))
        return Done{};
    FX_TRY(const Sizes wanted, intsAt(args, i));
    if (wanted == have)
        return Done{};
    return mismatch(what, args[i].str(), Value(ValueList(have.begin(), have.end())).str());
}

/// _assert_tensor_metadata(a, size, stride, dtype, device, layout). The device is not checked: a graph recorded on one
/// device may run on another.
Result<Value> assertMetadata(Values args, KernelContext&) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    FX_CHECK(checkNumbers(args, 1, "sizes", x.sizes()));
    FX_CHECK(checkNumbers(args, 2, "strides", x.strides()));
    if (const auto* dtype = std::get_if<DType>(&args[3].v); dtype && *dtype != x.dtype())
        return mismatch("dtype", std::string(scalarTypeName(*dtype)), std::string(scalarTypeName(x.dtype())));
    return Value();
}

/// _assert_scalar(value, message), _assert_async.msg(tensor, message)
Result<Value> assertTrue(Values args, KernelContext&) {
    const double value = args[0].isTensor() && args[0].tensor().numel() == 1 ? elementAsDouble(args[0].tensor(), 0)
                         : args[0].isNumber()                                ? args[0].toDouble()
                                                                             : 0;
    if (value != 0)
        return Value();
    const auto* message = args.size() > 1 ? std::get_if<std::string>(&args[1].v) : nullptr;
    return Diagnostic{message ? *message : "an assertion of the graph does not hold", "", ""};
}

/// sym_constrain_range(size, min, max)
Result<Value> constrainRange(Values args, KernelContext&) {
    FX_TRY(const int64_t size, intAt(args, 0));
    FX_TRY(const auto low, optionalIntAt(args, 1));
    FX_TRY(const auto high, optionalIntAt(args, 2));
    if ((low && size < *low) || (high && size > *high))
        return Diagnostic{"Invalid value range for " + std::to_string(size) + " between [" + args[1].str() + ", " +
                              args[2].str() + "].",
                          "", ""};
    return Value();
}

} // namespace

const OpDef _assert_async{
    .target = "torch.ops.aten._assert_async.default", .infer = inferNothing, .reference = assertTrue};
const OpDef _assert_async_msg{
    .target = "torch.ops.aten._assert_async.msg", .infer = inferNothing, .reference = assertTrue};
const OpDef _assert_scalar{
    .target = "torch.ops.aten._assert_scalar.default", .infer = inferNothing, .reference = assertTrue};
const OpDef _assert_tensor_metadata{
    .target = "torch.ops.aten._assert_tensor_metadata.default", .infer = inferNothing, .reference = assertMetadata};
const OpDef sym_constrain_range{
    .target = "torch.ops.aten.sym_constrain_range.default", .infer = inferNothing, .reference = constrainRange};
const OpDef sym_constrain_range_for_size{.target = "torch.ops.aten.sym_constrain_range_for_size.default",
                                         .infer = inferNothing,
                                         .reference = constrainRange};

} // namespace fxscope::ops
