// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"
#include "core/ops/units.h"
#include "core/ops/words.h"

// Diagonals: tril and triu keep one side of a matrix, diag_embed spreads rows over diagonals, eye is the unit matrix.

namespace fxscope::ops {
namespace {

template <bool Upper> Result<ValueMeta> inferTriangle(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (x.sizes.size() < 2)
        return Diagnostic{std::string(Upper ? "triu" : "tril") + ": input tensor must have at least 2 dimensions", "",
                          ""};
    return ValueMeta::tensor(newMeta(x.dtype, x.sizes, &x));
}

/// tril keeps [i, j] with j - i <= diagonal, triu those with j - i >= diagonal; 0 elsewhere.
template <bool Upper> Result<Value> runTriangle(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferTriangle<Upper>, args));
    FX_TRY(const int64_t diagonal, intAt(args, 1));
    const Tensor& x = args[0].tensor();
    FX_CHECK(copyInto(x, out));
    const int64_t rows = x.size(x.dim() - 2), columns = x.size(x.dim() - 1);
    return dispatchUnit(out.dtype(), [&]<class U>() -> Result<Value> {
        for (int64_t i = 0; i < out.numel(); ++i) {
            const int64_t distance = i % columns - i / columns % rows;
            if (Upper ? distance < diagonal : distance > diagonal)
                out.data<U>()[i] = U{};
        }
        return Value(out);
    });
}

// --- diag_embed(self, offset, dim1, dim2): the last dimension becomes the diagonal of dim1 and dim2 of the result

Result<ValueMeta> inferDiagEmbed(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t offset, intAt(args, 1));
    FX_TRY(const int64_t dim1, intAt(args, 2));
    FX_TRY(const int64_t dim2, intAt(args, 3));
    if (x.sizes.empty())
        return Diagnostic{"diag_embed needs a tensor of at least one dimension", "", ""};
    FX_TRY(const size_t first, wrapDim(dim1, x.sizes.size() + 1));
    FX_TRY(const size_t second, wrapDim(dim2, x.sizes.size() + 1));
    if (first == second)
        return Diagnostic{
            "diagonal dimensions cannot be identical " + std::to_string(dim1) + ", " + std::to_string(dim2), "", ""};
    const SymInt side = x.sizes.back() + SymInt(std::abs(offset));
    SymSizes sizes(x.sizes.begin(), x.sizes.end() - 1);
    for (const size_t dim : {std::min(first, second), std::max(first, second)})
        sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(dim), side);
    return ValueMeta::tensor(newMeta(x.dtype, std::move(sizes), &x));
}

Result<Value> runDiagEmbed(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferDiagEmbed, args));
    FX_CHECK(fill(out, Value(int64_t(0))));
    const Tensor& x = args[0].tensor();
    const int64_t offset = args[1].toInt();
    FX_TRY(const size_t first, wrapDim(args[2].toInt(), out.dim()));
    FX_TRY(const size_t second, wrapDim(args[3].toInt(), out.dim()));
    Sizes strides;
    for (size_t d = 0; d < out.dim(); ++d)
        if (d != first && d != second)
            strides.push_back(out.strides()[d]);
    strides.push_back(out.strides()[first] + out.strides()[second]);
    if (x.numel() == 0)
        return Value(out);
    const int64_t start = offset >= 0 ? offset * out.strides()[second] : -offset * out.strides()[first];
    FX_TRY(Tensor diagonal, out.asStrided(x.sizes(), std::move(strides), start));
    copyElements(x, diagonal);
    return Value(out);
}

// --- eye(n, [m,] dtype, layout, device, pin_memory)

template <size_t Numbers> Result<ValueMeta> inferEye(Metas args) {
    FX_TRY(const SymInt rows, symIntAt(args, 0));
    FX_TRY(const SymInt columns, symIntAt(args, Numbers - 1));
    for (const SymInt& size : {rows, columns})
        if (size.isConstant() && size.constant() < 0)
            return Diagnostic{"n must be greater or equal to 0, got " + size.str(), "", ""};
    const auto device = deviceAt(args, Numbers + 2);
    return ValueMeta::tensor(newMeta(dtypeAt(args, Numbers).value_or(DType::Float32), {rows, columns},
                                     device ? device : std::optional(Device{})));
}

template <size_t Numbers> Result<Value> runEye(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferEye<Numbers>, args));
    FX_CHECK(fill(out, Value(int64_t(0))));
    FX_TRY(Tensor diagonal,
           out.asStrided({std::min(out.size(0), out.size(1))}, {out.strides()[0] + out.strides()[1]}, 0));
    FX_CHECK(fill(diagonal, Value(int64_t(1))));
    return Value(out);
}

} // namespace

const OpDef tril{
    .target = "torch.ops.aten.tril.default", .infer = inferTriangle<false>, .reference = runTriangle<false>};
const OpDef triu{.target = "torch.ops.aten.triu.default", .infer = inferTriangle<true>, .reference = runTriangle<true>};
const OpDef diag_embed{
    .target = "torch.ops.aten.diag_embed.default", .infer = inferDiagEmbed, .reference = runDiagEmbed, .moves = true};
const OpDef eye{.target = "torch.ops.aten.eye.default", .infer = inferEye<1>, .reference = runEye<1>, .moves = true};
const OpDef eye_m{.target = "torch.ops.aten.eye.m", .infer = inferEye<2>, .reference = runEye<2>, .moves = true};

} // namespace fxscope::ops
