// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cpu/parallel.h"
#include "core/tensor/tensor.h"

#include <algorithm>
#include <array>

namespace fxscope {

/// The sizes of a result and the strides of N operands over them (the result first), dimensions in memory order of the
/// result, neighbours merged, for loops that may run in any order and on several threads.
template <size_t N> class ParallelRows {
public:
    ParallelRows(const Sizes& sizes, const std::array<const Sizes*, N>& strides) {
        std::vector<Dim> dims;
        for (size_t d = 0; d < sizes.size(); ++d) {
            if (sizes[d] == 1)
                continue;
            Dim dim{sizes[d], {}};
            for (size_t k = 0; k < N; ++k)
                dim.steps[k] = (*strides[k])[d];
            dims.push_back(dim);
        }
        std::stable_sort(dims.begin(), dims.end(), [](const Dim& a, const Dim& b) { return a.steps[0] > b.steps[0]; });
        for (const Dim& dim : dims)
            append(dim);
        if (m_dims.empty())
            m_dims.push_back({1, {}});
        for (const Dim& dim : m_dims)
            m_count *= dim.size;
    }

    /// fn(count, offsets of the first elements, steps along the row) for rows, and parts of rows, that together are
    /// everything. A thread is worth `grain` elements.
    template <class Fn> void run(int64_t grain, Fn&& fn) const {
        const Dim& row = m_dims.back();
        if (m_count == 0)
            return;
        if (m_dims.size() == 1) {
            parallelFor(row.size, grain, [&](int64_t begin, int64_t end) {
                Offsets at{};
                for (size_t k = 0; k < N; ++k)
                    at[k] = begin * row.steps[k];
                fn(end - begin, at, row.steps);
            });
            return;
        }
        parallelFor(m_count / row.size, std::max<int64_t>(1, grain / row.size), [&](int64_t begin, int64_t end) {
            for (int64_t r = begin; r < end; ++r)
                fn(row.size, offsetsOf(r), row.steps);
        });
    }

private:
    using Offsets = std::array<int64_t, N>;
    struct Dim {
        int64_t size;
        Offsets steps;
    };

    void append(const Dim& dim) {
        Dim* last = m_dims.empty() ? nullptr : &m_dims.back();
        bool merges = last != nullptr;
        for (size_t k = 0; merges && k < N; ++k)
            merges = last->steps[k] == dim.steps[k] * dim.size;
        if (merges)
            *last = {last->size * dim.size, dim.steps};
        else
            m_dims.push_back(dim);
    }

    Offsets offsetsOf(int64_t row) const {
        Offsets at{};
        for (size_t d = m_dims.size() - 1; d-- > 0; row /= m_dims[d].size)
            for (size_t k = 0; k < N; ++k)
                at[k] += row % m_dims[d].size * m_dims[d].steps[k];
        return at;
    }

    std::vector<Dim> m_dims;
    int64_t m_count = 1;
};

} // namespace fxscope
