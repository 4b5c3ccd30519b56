// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/rows.h"

#include <algorithm>
#include <bit>

// Which thread works on which elements of which row. See Note [Rows and teams] in rows.cpp.

namespace fxscope::cuda {
namespace {

constexpr int kColumnThreads = 256;
constexpr int kMostFoldLanes = 256, kMostWorkLanes = 512;
constexpr int64_t kVectorsPerThread = 4; ///< that a thread should have, before more than a warp takes part
constexpr int64_t kBlocksPerProcessor = 8;
constexpr int64_t kLeastSteps = 8; ///< vectors per thread of a split

struct Dimension {
    int64_t size;
    std::vector<int64_t> strides; ///< per tensor
};

std::vector<const Tensor*> tensorsOf(const RowKernel& kernel) {
    std::vector<const Tensor*> tensors;
    for (const Tensor& tensor : kernel.outputs)
        tensors.push_back(&tensor);
    for (const Tensor& tensor : kernel.inputs)
        tensors.push_back(&tensor);
    return tensors;
}

bool merges(const Dimension& outer, const Dimension& inner) {
    for (size_t k = 0; k < inner.strides.size(); ++k)
        if (outer.strides[k] != inner.strides[k] * inner.size)
            return false;
    return true;
}

/// Dimensions `first` to `last` with those of size 1 left out and neighbours merged; `main` is the tensor that decides
/// their order where that is free.
std::vector<Dimension> dimensionsOf(const RowKernel& kernel, size_t first, size_t last, bool inOrder) {
    const auto tensors = tensorsOf(kernel);
    const Tensor& walked = kernel.inputs.front();
    std::vector<Dimension> dimensions;
    for (size_t d = first; d < last; ++d) {
        if (walked.size(d) == 1)
            continue;
        Dimension next{walked.size(d), {}};
        for (const Tensor* tensor : tensors)
            next.strides.push_back(tensor->size(d) == 1 ? 0 : tensor->strides()[d]);
        dimensions.push_back(std::move(next));
    }
    const size_t main = kernel.outputs.size();
    if (!inOrder)
        std::stable_sort(dimensions.begin(), dimensions.end(),
                         [main](const Dimension& a, const Dimension& b) { return a.strides[main] > b.strides[main]; });
    std::vector<Dimension> merged;
    for (Dimension& next : dimensions) {
        if (!merged.empty() && merges(merged.back(), next)) {
            next.size *= merged.back().size;
            merged.back() = std::move(next);
        } else
            merged.push_back(std::move(next));
    }
    if (merged.empty())
        merged.push_back({1, std::vector<int64_t>(tensors.size(), 0)});
    return merged;
}

void setDimensions(const std::vector<Dimension>& dimensions, std::vector<int64_t>& sizes,
                   std::vector<std::vector<int64_t>>& strides) {
    strides.resize(dimensions.front().strides.size());
    for (const Dimension& dimension : dimensions) {
        sizes.push_back(dimension.size);
        for (size_t k = 0; k < strides.size(); ++k)
            strides[k].push_back(dimension.strides[k]);
    }
}

/// Elements that all inputs can load at once from any row: 16 bytes of the widest, aligned.
int vectorOf(const RowKernel& kernel, const RowPlan& plan) {
    if (plan.columns)
        return 1;
    const auto divides = [](const std::vector<int64_t>& strides, size_t count, int v) {
        return std::all_of(strides.begin(), strides.begin() + static_cast<std::ptrdiff_t>(count),
                           [v](int64_t stride) { return stride % v == 0; });
    };
    const size_t outer = plan.elementSizes.size() - 1; // dimensions of a row besides the last, which vectors must fit
    size_t widest = 1;
    for (const Tensor& input : kernel.inputs)
        widest = std::max(widest, bytesOf(input.dtype()));
    int vector = static_cast<int>(std::min<size_t>(8, 16 / widest));
    for (size_t i = 0; i < kernel.inputs.size(); ++i) {
        const size_t k = kernel.outputs.size() + i;
        const int64_t step = plan.elementStrides[k].back();
        if (step == 0 && i > 0)
            continue;
        if (step != 1)
            return 1;
        const auto address = reinterpret_cast<uintptr_t>(kernel.inputs[i].raw());
        const auto fits = [&](int v) {
            return address % (bytesOf(kernel.inputs[i].dtype()) * static_cast<size_t>(v)) == 0 &&
                   divides(plan.rowStrides[k], plan.rowStrides[k].size(), v) &&
                   divides(plan.elementStrides[k], outer, v) && (outer == 0 || plan.elementSizes.back() % v == 0);
        };
        while (vector > 1 && !fits(vector))
            vector /= 2;
    }
    return vector;
}

/// Elements that all tensors can load and store at once, from any row: none of them reads beyond the row's end.
int workVectorOf(const RowKernel& kernel, const RowPlan& plan) {
    if (plan.columns || plan.elementSizes.size() != 1)
        return 1;
    int vector = 8;
    const auto tensors = tensorsOf(kernel);
    for (size_t k = 0; k < tensors.size(); ++k) {
        if (plan.elementStrides[k].back() == 0)
            continue;
        if (plan.elementStrides[k].back() != 1)
            return 1;
        const size_t bytes = bytesOf(tensors[k]->dtype());
        const auto address = reinterpret_cast<uintptr_t>(tensors[k]->raw());
        const auto fits = [&](int v) {
            const auto size = static_cast<size_t>(v);
            return bytes * size <= 16 && address % (bytes * size) == 0 && plan.count % v == 0 &&
                   std::all_of(plan.rowStrides[k].begin(), plan.rowStrides[k].end(),
                               [v](int64_t stride) { return stride % v == 0; });
        };
        while (vector > 1 && !fits(vector))
            vector /= 2;
    }
    return plan.count % vector == 0 ? vector : 1;
}

int64_t powerFrom(int64_t n) {
    return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(std::max<int64_t>(1, n))));
}

/// Rows are neighbours in memory, and their elements are not.
bool goesByColumns(const RowKernel& kernel, const RowPlan& plan) {
    const size_t main = kernel.outputs.size();
    const int64_t row = plan.rowStrides[main].back(), element = plan.elementStrides[main].back();
    return plan.rows > 1 && plan.count > 1 && row > 0 && row < element;
}

void chooseColumns(RowPlan& plan) {
    int64_t columns = std::min<int64_t>(32, powerFrom(plan.rows));
    const int64_t lanes = std::min(kColumnThreads / columns, powerFrom(plan.count / kVectorsPerThread));
    while (columns * lanes < kColumnThreads && columns < powerFrom(plan.rows))
        columns *= 2;
    plan.columns = static_cast<int>(columns);
    plan.lanes = static_cast<int>(lanes);
}

void chooseLanes(RowPlan& plan, int most, int multiprocessors) {
    const int64_t units = (plan.count + plan.vector - 1) / plan.vector;
    // A warp reads neighbouring vectors; threads beyond that must have something to do.
    int64_t lanes = std::max(std::min<int64_t>(32, powerFrom(units)),
                             powerFrom((units + kVectorsPerThread - 1) / kVectorsPerThread));
    while (lanes < units && plan.rows * lanes < int64_t(multiprocessors) * 1024)
        lanes *= 2;
    plan.lanes = static_cast<int>(std::min<int64_t>(lanes, most));
}

void chooseSplits(RowPlan& plan, int multiprocessors) {
    const int64_t step = int64_t(plan.lanes) * plan.vector;
    const int64_t wanted = int64_t(multiprocessors) * kBlocksPerProcessor / std::max<int64_t>(1, plan.blocks());
    const int64_t splits = std::clamp<int64_t>(plan.count / (step * kLeastSteps), 1, std::max<int64_t>(1, wanted));
    const int64_t steps = (plan.count + step * splits - 1) / (step * splits);
    plan.chunk = std::max<int64_t>(1, steps) * step;
    plan.splits = std::max<int64_t>(1, (plan.count + plan.chunk - 1) / plan.chunk);
}

RowPlan planRows(const RowKernel& kernel) {
    RowPlan plan{.rows = 1, .count = 1};
    const Tensor& walked = kernel.inputs.front();
    for (size_t d = 0; d < walked.dim(); ++d)
        (d < kernel.kept ? plan.rows : plan.count) *= walked.size(d);
    setDimensions(dimensionsOf(kernel, 0, kernel.kept, kernel.rowsInOrder), plan.rowSizes, plan.rowStrides);
    setDimensions(dimensionsOf(kernel, kernel.kept, walked.dim(), kernel.elementsInOrder), plan.elementSizes,
                  plan.elementStrides);
    plan.columns = goesByColumns(kernel, plan);
    plan.vector = vectorOf(kernel, plan);
    return plan;
}

} // namespace

RowPlan planOf(const Fold& fold, int multiprocessors) {
    RowPlan plan = planRows(fold);
    plan.columns ? chooseColumns(plan) : chooseLanes(plan, kMostFoldLanes, multiprocessors);
    chooseSplits(plan, multiprocessors);
    return plan;
}

RowPlan planOf(const RowWork& work, int multiprocessors) {
    RowPlan plan = planRows(work);
    const bool goesByEach = work.body.find("FX_EACH") != std::string::npos; // scans go element by element
    plan.vector = goesByEach ? workVectorOf(work, plan) : 1;
    plan.columns ? chooseColumns(plan) : chooseLanes(plan, kMostWorkLanes, multiprocessors);
    plan.chunk = plan.count;
    return plan;
}

} // namespace fxscope::cuda
