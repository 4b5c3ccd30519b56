// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

// C = alpha * A B + beta * D for stacks of matrices; every product operator is a case of it. With beta == 0 D is not
// read, so its NaNs do not come through, as in PyTorch; an inner dimension of 0 gives beta * D.

namespace fxscope::ops {
namespace {

/// A stack of matrices seen in a tensor of rank 3 or less; missing dimensions have size 1, broadcast ones stride 0.
template <class T> struct Matrices {
    const T* data;
    int64_t batchStep, rowStep, columnStep;
    T at(int64_t b, int64_t i, int64_t j) const { return data[b * batchStep + i * rowStep + j * columnStep]; }
};

template <class T> Matrices<T> matrices(const Tensor& t) {
    const Sizes& s = t.strides();
    return t.dim() == 3 ? Matrices<T>{t.data<T>(), s[0], s[1], s[2]} : Matrices<T>{t.data<T>(), 0, s[0], s[1]};
}

/// `added` broadcast to sizes [batch, rows, columns].
template <class T> Matrices<T> broadcastTo(const Tensor& added) {
    std::array<int64_t, 3> step{0, 0, 0};
    for (size_t d = 0; d < added.dim(); ++d)
        step[3 - added.dim() + d] = added.size(d) == 1 ? 0 : added.strides()[d];
    return {added.data<T>(), step[0], step[1], step[2]};
}

template <class T>
void product(const Tensor& a, const Tensor& b, const Tensor* added, Accumulate<T> alpha, Accumulate<T> beta,
             Tensor& out) {
    const size_t r = out.dim() - 2; // out is row-major
    const int64_t batch = r ? out.size(0) : 1, rows = out.size(r), columns = out.size(r + 1),
                  inner = a.size(a.dim() - 1);
    const auto left = matrices<T>(a), right = matrices<T>(b);
    const bool adds = added && beta != Accumulate<T>(0);
    const auto bias = adds ? broadcastTo<T>(*added) : Matrices<T>{};
    T* to = out.data<T>();
    for (int64_t n = 0; n < batch; ++n)
        for (int64_t i = 0; i < rows; ++i)
            for (int64_t j = 0; j < columns; ++j) {
                Accumulate<T> sum{};
                for (int64_t k = 0; k < inner; ++k)
                    sum += widen(left.at(n, i, k)) * widen(right.at(n, k, j));
                sum *= alpha;
                *to++ = castTo<T>(adds ? sum + beta * widen(bias.at(n, i, j)) : sum);
            }
}

Diagnostic cannotMultiply(const TensorMeta& a, const TensorMeta& b) {
    return {"sizes " + sizesText(a.sizes) + " and " + sizesText(b.sizes) + " cannot be multiplied", "", ""};
}

/// The product's metadata; `rank` is 2 (mm) or 3 (bmm).
Result<TensorMeta> inferProduct(const TensorMeta& a, const TensorMeta& b, size_t rank) {
    if (a.sizes.size() != rank || b.sizes.size() != rank)
        return Diagnostic{"expected " + std::to_string(rank) + "D tensors, got " + sizesText(a.sizes) + " and " +
                              sizesText(b.sizes),
                          "", ""};
    if (a.dtype != b.dtype)
        return Diagnostic{"expected both matrices to have the same dtype, but got torch." + std::string(name(a.dtype)) +
                              " and torch." + std::string(name(b.dtype)),
                          "", ""};
    if (differ(a.sizes[rank - 1], b.sizes[rank - 2]) || (rank == 3 && differ(a.sizes[0], b.sizes[0])))
        return cannotMultiply(a, b);
    SymSizes sizes = a.sizes;
    sizes[rank - 1] = b.sizes[rank - 1];
    return newMeta(a.dtype, std::move(sizes), &a);
}

/// Does `added` broadcast to `sizes`, and is it of the product's dtype?
Result<Done> checkAdded(const TensorMeta& added, const TensorMeta& product) {
    const size_t rank = product.sizes.size(), own = added.sizes.size();
    bool fits = own <= rank;
    for (size_t d = 0; fits && d < own; ++d)
        fits = added.sizes[d].is(1) || !differ(added.sizes[d], product.sizes[rank - own + d]);
    if (!fits)
        return Diagnostic{"sizes " + sizesText(added.sizes) + " do not broadcast to " + sizesText(product.sizes), "",
                          ""};
    if (added.dtype != product.dtype)
        return Diagnostic{"self and the matrices must have the same dtype, but got torch." +
                              std::string(name(added.dtype)) + " and torch." + std::string(name(product.dtype)),
                          "", ""};
    return Done{};
}

template <size_t Rank> Result<ValueMeta> inferPlain(Metas args) {
    FX_TRY(const TensorMeta a, tensorAt(args, 0));
    FX_TRY(const TensorMeta b, tensorAt(args, 1));
    FX_TRY(TensorMeta result, inferProduct(a, b, Rank));
    return ValueMeta::tensor(std::move(result));
}

template <size_t Rank> Result<ValueMeta> inferAdding(Metas args) {
    FX_TRY(const TensorMeta added, tensorAt(args, 0));
    FX_TRY(const TensorMeta a, tensorAt(args, 1));
    FX_TRY(const TensorMeta b, tensorAt(args, 2));
    FX_TRY(TensorMeta result, inferProduct(a, b, Rank));
    FX_CHECK(checkAdded(added, result));
    return ValueMeta::tensor(std::move(result));
}

Result<Value> runProduct(const Tensor& a, const Tensor& b, Tensor out) {
    return dispatch<DTypes::NoBool>(out.dtype(), [&]<class T>() -> Result<Value> {
        product<T>(a, b, nullptr, Accumulate<T>(1), Accumulate<T>(0), out);
        return Value(out);
    });
}

template <size_t Rank> Result<Value> runPlain(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferPlain<Rank>, args));
    return runProduct(args[0].tensor(), args[1].tensor(), std::move(out));
}

template <size_t Rank> Result<Value> runAdding(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferAdding<Rank>, args));
    return dispatch<DTypes::NoBool>(out.dtype(), [&]<class T>() -> Result<Value> {
        const auto beta = scalarAt<T>(args, 3, Accumulate<T>(1)), alpha = scalarAt<T>(args, 4, Accumulate<T>(1));
        product<T>(args[1].tensor(), args[2].tensor(), &args[0].tensor(), alpha, beta, out);
        return Value(out);
    });
}

double twicePerTerm(const ValueMeta& result, const SymInt& inner) {
    double flops = inner.isConstant() ? 2.0 * static_cast<double>(inner.constant()) : 0;
    if (result.isTensor())
        for (const SymInt& size : result.tensor().sizes)
            flops *= size.isConstant() ? static_cast<double>(size.constant()) : 0;
    return flops;
}

/// Two operations for each term of each sum, `Left` being the argument whose last dimension is summed over.
template <size_t Left> double productFlops(Metas args, const ValueMeta& result) {
    return isTensorAt(args, Left) && !args[Left].tensor().sizes.empty()
               ? twicePerTerm(result, args[Left].tensor().sizes.back())
               : 0;
}

/// linear(x, w, b) = x w^T + b over the last dimension of x; a vector x gives a vector.
Result<ValueMeta> inferLinear(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const TensorMeta w, tensorAt(args, 1));
    if (x.sizes.empty() || w.sizes.size() != 2 || differ(x.sizes.back(), w.sizes[1]))
        return cannotMultiply(x, w);
    if (x.dtype != w.dtype)
        return Diagnostic{"linear: input and weight must have the same dtype", "", ""};
    SymSizes sizes = x.sizes;
    sizes.back() = w.sizes[0];
    const TensorMeta result = newMeta(x.dtype, std::move(sizes), &x);
    FX_TRY(const auto bias, optionalTensorAt(args, 2));
    if (bias)
        FX_CHECK(checkAdded(*bias, result));
    return ValueMeta::tensor(result);
}

Result<Value> runLinear(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferLinear, args));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const Tensor& w = args[1].tensor();
    const int64_t inner = w.size(1), columns = w.size(0), rows = columns ? out.numel() / columns : 0;
    FX_TRY(const Tensor flat, x.asStrided({rows, inner}, {inner, 1}, x.offset()));
    FX_TRY(const Tensor turned, w.asStrided({inner, columns}, {w.strides()[1], w.strides()[0]}, w.offset()));
    FX_TRY(Tensor to, out.asStrided({rows, columns}, {columns, 1}, 0));
    const Tensor* bias = isTensorAt(args, 2) ? &args[2].tensor() : nullptr;
    return dispatch<DTypes::NoBool>(out.dtype(), [&]<class T>() -> Result<Value> {
        product<T>(flat, turned, bias, Accumulate<T>(1), Accumulate<T>(1), to);
        return Value(out);
    });
}

/// mv and dot: a product with a matrix of one column, or of one row as well.
template <size_t LeftRank> Result<ValueMeta> inferVector(Metas args) {
    FX_TRY(const TensorMeta a, tensorAt(args, 0));
    FX_TRY(const TensorMeta x, tensorAt(args, 1));
    if (a.sizes.size() != LeftRank || x.sizes.size() != 1 || differ(a.sizes.back(), x.sizes[0]))
        return cannotMultiply(a, x);
    if (a.dtype != x.dtype)
        return Diagnostic{"both tensors must have the same dtype, but got torch." + std::string(name(a.dtype)) +
                              " and torch." + std::string(name(x.dtype)),
                          "", ""};
    return ValueMeta::tensor(newMeta(a.dtype, SymSizes(a.sizes.begin(), a.sizes.end() - 1), &a));
}

template <size_t LeftRank> Result<Value> runVector(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferVector<LeftRank>, args));
    const Tensor &a = args[0].tensor(), &x = args[1].tensor();
    const int64_t rows = out.numel(), inner = x.size(0);
    FX_TRY(const Tensor left,
           a.asStrided({rows, inner}, {LeftRank == 2 ? a.strides()[0] : 0, a.strides().back()}, a.offset()));
    FX_TRY(const Tensor right, x.asStrided({inner, 1}, {x.strides()[0], 0}, x.offset()));
    FX_TRY(const Tensor to, out.asStrided({rows, 1}, {1, 1}, 0));
    FX_CHECK(runProduct(left, right, to));
    return Value(out);
}

// --- matmul(a, b): products of the last two dimensions, batches broadcast; a vector is a row on the left, a column on
// the right, and its dimension is left out of the result

Result<ValueMeta> inferMatmul(Metas args) {
    FX_TRY(const TensorMeta a, tensorAt(args, 0));
    FX_TRY(const TensorMeta b, tensorAt(args, 1));
    const size_t left = a.sizes.size(), right = b.sizes.size();
    if (left == 0 || right == 0)
        return Diagnostic{"both arguments to matmul need to be at least 1D, but they are " + std::to_string(left) +
                              "D and " + std::to_string(right) + "D",
                          "", ""};
    if (a.dtype != b.dtype)
        return Diagnostic{"expected both matrices to have the same dtype, but got torch." + std::string(name(a.dtype)) +
                              " and torch." + std::string(name(b.dtype)),
                          "", ""};
    if (differ(a.sizes.back(), b.sizes[right == 1 ? 0 : right - 2]))
        return cannotMultiply(a, b);
    const auto batch = [](const SymSizes& s) {
        return SymSizes(s.begin(), s.end() - std::min<ptrdiff_t>(2, ssize(s)));
    };
    FX_TRY(SymSizes sizes, broadcast(batch(a.sizes), batch(b.sizes)));
    if (left > 1)
        sizes.push_back(a.sizes[left - 2]);
    if (right > 1)
        sizes.push_back(b.sizes.back());
    return ValueMeta::tensor(newMeta(a.dtype, std::move(sizes), &a));
}

/// `x` as a stack of matrices with these batches, row-major; a vector as one row or one column.
Result<Tensor> stackOf(const Tensor& x, const Sizes& batch, bool isLeft) {
    Sizes sizes = x.sizes(), strides = x.strides();
    if (x.dim() == 1) {
        sizes.insert(isLeft ? sizes.begin() : sizes.end(), 1);
        strides.insert(isLeft ? strides.begin() : strides.end(), 0);
    }
    FX_TRY(const Tensor matrix, x.asStrided(sizes, strides, x.offset()));
    Sizes wanted = batch;
    wanted.insert(wanted.end(), sizes.end() - 2, sizes.end());
    FX_TRY(const Tensor spread, expandTo(matrix, wanted));
    FX_TRY(const Tensor rows, spread.contiguous());
    const int64_t count = elementCount(batch).value_or(0);
    const Sizes flat{count, wanted[wanted.size() - 2], wanted.back()};
    return rows.asStrided(flat, rowMajorStrides(flat), rows.offset());
}

Result<Value> runMatmul(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferMatmul, args));
    const Tensor &a = args[0].tensor(), &b = args[1].tensor();
    const ptrdiff_t own = (a.dim() > 1) + (b.dim() > 1);
    const Sizes batch(out.sizes().begin(), out.sizes().end() - own);
    FX_TRY(const Tensor left, stackOf(a, batch, true));
    FX_TRY(const Tensor right, stackOf(b, batch, false));
    const Sizes flat{left.size(0), left.size(1), right.size(2)};
    FX_TRY(const Tensor to, out.asStrided(flat, rowMajorStrides(flat), 0));
    FX_CHECK(runProduct(left, right, to));
    return Value(out);
}

// --- addmv(self, mat, vec, beta, alpha) = beta * self + alpha * (mat vec)

Result<ValueMeta> inferAddmv(Metas args) {
    FX_TRY(const TensorMeta added, tensorAt(args, 0));
    FX_TRY(const ValueMeta result, inferVector<2>(args.subspan(1)));
    FX_CHECK(checkAdded(added, result.tensor()));
    return result;
}

Result<Value> runAddmv(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferAddmv, args));
    const Tensor &mat = args[1].tensor(), &vec = args[2].tensor();
    FX_TRY(const Tensor right, vec.asStrided({vec.size(0), 1}, {vec.strides()[0], 0}, vec.offset()));
    FX_TRY(const Tensor spread, expandTo(args[0].tensor(), out.sizes()));
    FX_TRY(const Tensor added, spread.asStrided({out.numel(), 1}, {spread.strides()[0], 0}, spread.offset()));
    FX_TRY(Tensor to, out.asStrided({out.numel(), 1}, {1, 1}, 0));
    return dispatch<DTypes::NoBool>(out.dtype(), [&]<class T>() -> Result<Value> {
        const auto beta = scalarAt<T>(args, 3, Accumulate<T>(1)), alpha = scalarAt<T>(args, 4, Accumulate<T>(1));
        product<T>(mat, right, &added, alpha, beta, to);
        return Value(out);
    });
}

} // namespace

const OpDef mm{
    .target = "torch.ops.aten.mm.default", .infer = inferPlain<2>, .reference = runPlain<2>, .flops = productFlops<0>};
const OpDef bmm{
    .target = "torch.ops.aten.bmm.default", .infer = inferPlain<3>, .reference = runPlain<3>, .flops = productFlops<0>};
const OpDef addmm{.target = "torch.ops.aten.addmm.default",
                  .infer = inferAdding<2>,
                  .reference = runAdding<2>,
                  .flops = productFlops<1>};
const OpDef baddbmm{.target = "torch.ops.aten.baddbmm.default",
                    .infer = inferAdding<3>,
                    .reference = runAdding<3>,
                    .flops = productFlops<1>};
const OpDef linear{
    .target = "torch.ops.aten.linear.default", .infer = inferLinear, .reference = runLinear, .flops = productFlops<0>};
const OpDef mv{.target = "torch.ops.aten.mv.default",
               .infer = inferVector<2>,
               .reference = runVector<2>,
               .flops = productFlops<0>};
const OpDef addmv{
    .target = "torch.ops.aten.addmv.default", .infer = inferAddmv, .reference = runAddmv, .flops = productFlops<1>};
const OpDef matmul{
    .target = "torch.ops.aten.matmul.default", .infer = inferMatmul, .reference = runMatmul, .flops = productFlops<0>};
const OpDef dot{.target = "torch.ops.aten.dot.default",
                .infer = inferVector<1>,
                .reference = runVector<1>,
                .flops = productFlops<0>};

} // namespace fxscope::ops
