// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/elements.h"
#include "core/ops/reduce_util.h"

namespace fxscope::cuda {

/// A kernel whose threads work in teams, one team per row. The first `kept` dimensions of all tensors say which row,
/// the others which of its elements; strides may be any. Tensors have the sizes of the first input, or 1 in dimensions
/// over which they do not change: an output of size 1 in all that are not kept has one element per row.
/// Device code sees I0, O0, R0 ..., r0 ..., n0 ..., k0 ... as in Elements, everything in kernels/rows.cuh, and
///   row, count     number of the row; elements of a row (long long)
struct RowKernel {
    std::vector<Tensor> outputs;
    std::vector<Tensor> inputs; ///< at least one; the first decides how threads go over memory
    size_t kept = 0;
    std::vector<Tensor> raw;
    std::vector<Number> numbers;
    std::vector<int64_t> integers;
    std::string prologue;
    bool elementsInOrder = false; ///< the number of an element is its row-major one
    bool rowsInOrder = false;     ///< likewise of a row
};

/// Each row becomes one accumulator, in no particular order, and that the row's outputs. Few long rows are shared by
/// several blocks. Statements see
///   add      acc, and the element in0, in1 ... with its number i
///   join     acc, and `other`, the accumulator of further elements
///   finish   acc; assigns out0, out1 ...
struct Fold : RowKernel {
    std::string accumulator; ///< its type, a multiple of 4 bytes: "double"
    std::string start;       ///< of no elements: "0.0"
    std::string add, join, finish;
};
Result<Done> launch(CudaDevice& device, const Fold& fold);

/// Everything else along rows. The body is run by every thread of a team and sees
///   in0(i)         element i of the row in input 0;  old0(i): what stands in output 0
///   put0(i, x)     writes it to output 0
///   lane, lanes    which thread of the team this is, and how many it has
///   FX_EACH(i)     a loop over this thread's elements. Each of its rounds calls in0(i) and put0(i, x), if at all,
///                  always: elements that are neighbours in memory go through it several at once
///   team           join and scan, sumOfTeam(team, x), maxOfTeam(team, x): all threads call these, equally often
struct RowWork : RowKernel {
    std::string body;
};
Result<Done> launch(CudaDevice& device, const RowWork& work);

/// `x` with the reduced dimensions last, in order; `keptOf` is how many stay.
Result<Tensor> rowsOf(const Tensor& x, const DimSet& dims);
size_t keptOf(const DimSet& dims);
/// The result of a reduction, whose reduced dimensions are 1 or left out, as rows of one element.
Result<Tensor> rowResult(const Tensor& out, const DimSet& dims);
/// A number for `numbers`.
Number doubleNumber(double value);

// --- for tests, which have no device

/// Which thread does what.
struct RowPlan {
    int64_t rows = 0, count = 0;
    std::vector<int64_t> rowSizes, elementSizes;                  ///< dimensions, slowest first
    std::vector<std::vector<int64_t>> rowStrides, elementStrides; ///< per tensor: outputs, then inputs
    int columns = 0; ///< rows side by side in a block, whose lanes are above one another; 0: lanes are neighbours
    int lanes = 1;
    int vector = 1;                ///< elements that a thread loads at once
    int64_t splits = 1, chunk = 0; ///< parts that blocks share a row in; elements of each
    int threads() const { return columns ? columns * lanes : lanes > 32 ? lanes : 128; }
    int64_t rowsPerBlock() const { return columns ? columns : threads() / lanes; }
    int64_t blocks() const { return (rows + rowsPerBlock() - 1) / rowsPerBlock(); } ///< of one split
    bool wide() const { return rows >= (int64_t(1) << 31) || count >= (int64_t(1) << 31); }
};
RowPlan planOf(const Fold& fold, int multiprocessors);
RowPlan planOf(const RowWork& work, int multiprocessors);
/// The source of the kernel; `joining`: of the one that joins the parts of split rows.
std::string sourceOf(const Fold& fold, const RowPlan& plan, bool joining);
std::string sourceOf(const RowWork& work, const RowPlan& plan);

} // namespace fxscope::cuda
