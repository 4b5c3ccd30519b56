// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/products.h"
#include "core/ops/operand.h"

// Operators that are products of matrices: mm, bmm, addmm, baddbmm, linear and matmul.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

bool takes(Values args, std::initializer_list<size_t> places) {
    for (const size_t i : places)
        if (!isTensorAt(args, i) || !multiplies(args[i].tensor().dtype()))
            return false;
    return true;
}

/// The only result of the call.
Result<Tensor> allocateOne(const OpDef& op, Values args, Call& call) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    return std::move(out.front());
}

Value numberAt(Values args, size_t i) {
    return i < args.size() && !args[i].isNone() && !args[i].isTensor() ? args[i] : Value(int64_t(1));
}

/// As what is added: a dtype that is `out`'s (shape rules check it), a number per row or element.
Taken finish(Call& call, Product product, const Tensor& result) {
    FX_CHECK(multiply(call.device, product));
    return std::optional(Value(result));
}

/// mm(self, mat2) and bmm(self, mat2)
Taken runPlain(const OpDef& op, Values args, Call& call) {
    if (!takes(args, {0, 1}))
        return std::optional<Value>();
    FX_TRY(const Tensor out, allocateOne(op, args, call));
    Product product;
    FX_TRY(product.a, asStack(args[0].tensor()));
    FX_TRY(product.b, asStack(args[1].tensor()));
    FX_TRY(product.out, asStack(out));
    return finish(call, std::move(product), out);
}

/// addmm(self, mat1, mat2, *, beta, alpha) and baddbmm(self, batch1, batch2, *, beta, alpha)
Taken runAdding(const OpDef& op, Values args, Call& call) {
    if (!takes(args, {0, 1, 2}))
        return std::optional<Value>();
    FX_TRY(const Tensor out, allocateOne(op, args, call));
    Product product;
    product.added = args[0].tensor();
    FX_TRY(product.a, asStack(args[1].tensor()));
    FX_TRY(product.b, asStack(args[2].tensor()));
    FX_TRY(product.out, asStack(out));
    product.beta = numberAt(args, 3);
    product.alpha = numberAt(args, 4);
    return finish(call, std::move(product), out);
}

/// linear(input, weight, bias)
Taken runLinear(const OpDef& op, Values args, Call& call) {
    if (!takes(args, {0, 1}))
        return std::optional<Value>();
    FX_TRY(const Tensor out, allocateOne(op, args, call));
    FX_TRY(const Tensor x, contiguous(call.device, args[0].tensor()));
    const Tensor& w = args[1].tensor();
    const int64_t inner = w.size(1), columns = w.size(0), rows = columns ? out.numel() / columns : 0;
    Product product;
    FX_TRY(product.a, x.asStrided({1, rows, inner}, {0, inner, 1}, x.offset()));
    FX_TRY(const Tensor weight, asStack(w));
    FX_TRY(product.b, turned(weight));
    FX_TRY(product.out, out.asStrided({1, rows, columns}, {0, columns, 1}, out.offset()));
    if (isTensorAt(args, 2)) {
        FX_TRY(const Tensor spread, expandTo(args[2].tensor(), out.sizes()));
        if (args[2].tensor().dim() <= 1)
            product.added = args[2].tensor();
        else {
            FX_TRY(const Tensor whole, contiguous(call.device, spread));
            FX_TRY(product.added, whole.asStrided({1, rows, columns}, {0, columns, 1}, whole.offset()));
        }
    }
    return finish(call, std::move(product), out);
}

// --- matmul(self, other)

/// The step of several dimensions walked as one, if they lie so.
std::optional<int64_t> stepOf(const Tensor& x, size_t dims) {
    std::optional<int64_t> step;
    int64_t whole = 0; // the step of a dimension around those seen so far
    for (size_t d = dims; d-- > 0;) {
        if (x.size(d) == 1)
            continue;
        if (step && x.strides()[d] != whole)
            return std::nullopt;
        step = step.value_or(x.strides()[d]);
        whole = x.strides()[d] * x.size(d);
    }
    return step.value_or(0);
}

/// `x` as a stack of matrices with these batches; a vector as one row or one column.
Result<Tensor> stackOf(CudaDevice& device, const Tensor& x, const Sizes& batch, bool isLeft) {
    Sizes sizes = x.sizes(), strides = x.strides();
    if (x.dim() == 1) {
        sizes.insert(isLeft ? sizes.begin() : sizes.end(), 1);
        strides.insert(isLeft ? strides.begin() : strides.end(), 0);
    }
    FX_TRY(const Tensor matrix, x.asStrided(sizes, strides, x.offset()));
    Sizes wanted = batch;
    wanted.insert(wanted.end(), sizes.end() - 2, sizes.end());
    FX_TRY(Tensor spread, expandTo(matrix, wanted));
    const Sizes flat{elementCount(batch).value_or(0), sizes[sizes.size() - 2], sizes.back()};
    if (const auto step = stepOf(spread, batch.size()); step && spread.numel() > 0)
        return spread.asStrided(flat, {*step, spread.strides()[batch.size()], spread.strides()[batch.size() + 1]},
                                spread.offset());
    FX_TRY(spread, contiguous(device, spread));
    return spread.asStrided(flat, rowMajorStrides(flat), spread.offset());
}

/// Batches of a that share one matrix b are rows of one product.
Result<bool> foldBatches(Product& product, bool sharesRight) {
    const Tensor& a = product.a;
    if (!sharesRight || a.size(0) < 2 || a.strides()[0] != a.size(1) * a.strides()[1])
        return false;
    const int64_t rows = a.size(0) * a.size(1), columns = product.out.size(2);
    FX_TRY(product.a, a.asStrided({1, rows, a.size(2)}, {0, a.strides()[1], a.strides()[2]}, a.offset()));
    FX_TRY(product.b, product.b.asStrided({1, product.b.size(1), columns},
                                          {0, product.b.strides()[1], product.b.strides()[2]}, product.b.offset()));
    FX_TRY(product.out, product.out.asStrided({1, rows, columns}, {0, columns, 1}, product.out.offset()));
    return true;
}

Taken runMatmul(const OpDef& op, Values args, Call& call) {
    if (!takes(args, {0, 1}))
        return std::optional<Value>();
    FX_TRY(const Tensor out, allocateOne(op, args, call));
    const Tensor &a = args[0].tensor(), &b = args[1].tensor();
    const ptrdiff_t own = (a.dim() > 1) + (b.dim() > 1);
    const Sizes batch(out.sizes().begin(), out.sizes().end() - own);
    Product product;
    FX_TRY(product.a, stackOf(call.device, a, batch, true));
    FX_TRY(product.b, stackOf(call.device, b, batch, false));
    const Sizes flat{product.a.size(0), product.a.size(1), product.b.size(2)};
    FX_TRY(product.out, out.asStrided(flat, rowMajorStrides(flat), out.offset()));
    FX_CHECK(foldBatches(product, b.dim() <= 2));
    return finish(call, std::move(product), out);
}

} // namespace

const CudaKernel mm{"torch.ops.aten.mm.default", runPlain};
const CudaKernel bmm{"torch.ops.aten.bmm.default", runPlain};
const CudaKernel addmm{"torch.ops.aten.addmm.default", runAdding};
const CudaKernel baddbmm{"torch.ops.aten.baddbmm.default", runAdding};
const CudaKernel linear{"torch.ops.aten.linear.default", runLinear};
const CudaKernel matmul{"torch.ops.aten.matmul.default", runMatmul};

} // namespace fxscope::cuda
