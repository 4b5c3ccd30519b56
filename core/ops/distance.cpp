// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// Distances (sum of |a_i - b_i|^p)^(1/p) of rows: _cdist_forward of every row of one matrix to every row of another,
// batches broadcast; _pdist_forward of every pair of rows of one. p = 0 counts differences, p = inf takes the largest.

namespace fxscope::ops {
namespace {

template <class T> double distanceOf(const T* a, const T* b, int64_t count, double p) {
    double sum = 0;
    for (int64_t i = 0; i < count; ++i) {
        const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        if (std::isinf(p))
            sum = std::isnan(d) || d > sum ? d : sum;
        else
            sum += p == 0 ? static_cast<double>(d != 0) : p == 1 ? d : p == 2 ? d * d : std::pow(d, p);
    }
    return p == 0 || p == 1 || std::isinf(p) ? sum : p == 2 ? std::sqrt(sum) : std::pow(sum, 1 / p);
}

/// _cdist_forward(x1, x2, p, compute_mode): the mode chooses an algorithm, not a result.
Result<ValueMeta> inferCdist(Metas args) {
    FX_TRY(const TensorMeta a, tensorAt(args, 0));
    FX_TRY(const TensorMeta b, tensorAt(args, 1));
    for (const auto* x : {&a, &b})
        if (x->sizes.size() < 2)
            return Diagnostic{std::string("cdist only supports at least 2D tensors, ") + (x == &a ? "X1" : "X2") +
                                  " got: " + std::to_string(x->sizes.size()) + "D",
                              "", ""};
    if (differ(a.sizes.back(), b.sizes.back()))
        return Diagnostic{"X1 and X2 must have the same number of columns. X1: " + a.sizes.back().str() +
                              " X2: " + b.sizes.back().str(),
                          "", ""};
    if (!isFloating(a.dtype) || a.dtype != b.dtype)
        return Diagnostic{"cdist only supports floating-point dtypes, X1 got: " + std::string(name(a.dtype)) +
                              ", X2 got: " + std::string(name(b.dtype)),
                          "", ""};
    FX_TRY(SymSizes sizes,
           broadcast(SymSizes(a.sizes.begin(), a.sizes.end() - 2), SymSizes(b.sizes.begin(), b.sizes.end() - 2)));
    sizes.insert(sizes.end(), {a.sizes[a.sizes.size() - 2], b.sizes[b.sizes.size() - 2]});
    return ValueMeta::tensor(newMeta(a.dtype, std::move(sizes), &a));
}

Result<double> checkedOrder(Values args, size_t i, std::string_view op) {
    FX_TRY(const double p, doubleAt(args, i));
    if (!(p >= 0))
        return Diagnostic{std::string(op) + " only supports non-negative p values", "", ""};
    return p;
}

/// `x` with its batches broadcast to those of `out`, row-major.
Result<Tensor> batched(const Tensor& x, const Tensor& out) {
    Sizes sizes(out.sizes().begin(), out.sizes().end() - 2);
    sizes.insert(sizes.end(), x.sizes().end() - 2, x.sizes().end());
    FX_TRY(const Tensor spread, expandTo(x, sizes));
    return spread.contiguous();
}

Result<Value> runCdist(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferCdist, args));
    FX_TRY(const double p, checkedOrder(args, 2, "cdist"));
    if (out.numel() == 0)
        return Value(out);
    FX_TRY(const Tensor a, batched(args[0].tensor(), out));
    FX_TRY(const Tensor b, batched(args[1].tensor(), out));
    const int64_t rows = out.size(out.dim() - 2), others = out.size(out.dim() - 1), count = a.size(a.dim() - 1);
    return dispatch<DTypes::Floating>(out.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t i = 0; i < out.numel(); ++i) {
            const int64_t batch = i / (rows * others), row = i / others, other = batch * others + i % others;
            out.data<T>()[i] = castTo<T>(distanceOf(a.data<T>() + row * count, b.data<T>() + other * count, count, p));
        }
        return Value(out);
    });
}

/// _pdist_forward(self, p): pairs (0, 1), (0, 2) ... (1, 2) ...
Result<ValueMeta> inferPdist(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (x.sizes.size() != 2)
        return Diagnostic{"pdist only supports 2D tensors, got: " + std::to_string(x.sizes.size()) + "D", "", ""};
    if (!isFloating(x.dtype))
        return Diagnostic{"pdist only supports floating-point dtypes", "", ""};
    const SymInt& n = x.sizes[0];
    const SymInt pairs = n.isConstant() && n.constant() < 2 ? SymInt(0) : floorDiv(n * (n - 1), 2);
    return ValueMeta::tensor(newMeta(x.dtype, {pairs}, &x));
}

Result<Value> runPdist(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferPdist, args));
    FX_TRY(const double p, checkedOrder(args, 1, "pdist"));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const int64_t rows = x.size(0), count = x.size(1);
    return dispatch<DTypes::Floating>(out.dtype(), [&]<class T>() -> Result<Value> {
        T* to = out.data<T>();
        for (int64_t i = 0; i < rows; ++i)
            for (int64_t j = i + 1; j < rows; ++j)
                *to++ = castTo<T>(distanceOf(x.data<T>() + i * count, x.data<T>() + j * count, count, p));
        return Value(out);
    });
}

} // namespace

const OpDef _cdist_forward{
    .target = "torch.ops.aten._cdist_forward.default", .infer = inferCdist, .reference = runCdist};
const OpDef _pdist_forward{
    .target = "torch.ops.aten._pdist_forward.default", .infer = inferPdist, .reference = runPdist};

} // namespace fxscope::ops
