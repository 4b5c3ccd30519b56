// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/tensor.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <utility>

namespace fxscope {

/// Sizes and the strides of N operands over them, as rows of the last dimension. Dimensions that lie behind one another
/// in every operand are merged.
template <size_t N> class StridedLoop {
public:
    StridedLoop(const Sizes& sizes, std::array<const Sizes*, N> strides) {
        for (size_t d = 0; d < sizes.size(); ++d) {
            if (sizes[d] == 1)
                continue;
            std::array<int64_t, N> steps;
            for (size_t k = 0; k < N; ++k)
                steps[k] = (*strides[k])[d];
            append(sizes[d], steps);
        }
        if (m_sizes.empty())
            append(1, {});
    }

    /// Slowest dimension first in operand 0. For loops that may run in any order.
    void sortByFirst() {
        std::vector<size_t> order(m_sizes.size());
        std::iota(order.begin(), order.end(), size_t(0));
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return m_steps[a][0] > m_steps[b][0]; });
        const auto sizes = std::exchange(m_sizes, {});
        const auto steps = std::exchange(m_steps, {});
        for (const size_t d : order)
            append(sizes[d], steps[d]);
    }

    /// fn(count, offsets of the row's first elements, steps along the row), rows in row-major order.
    template <class Fn> void rows(Fn&& fn) const {
        walk([](void* body, int64_t count, const Offsets& offsets,
                const Offsets& steps) { (*static_cast<std::remove_reference_t<Fn>*>(body))(count, offsets, steps); },
             const_cast<void*>(static_cast<const void*>(&fn)));
    }

private:
    using Offsets = std::array<int64_t, N>;
    using Row = void (*)(void* body, int64_t count, const Offsets& offsets, const Offsets& steps);

    /// Compiled once per number of operands, not once per operator and dtype.
    [[gnu::noinline]] void walk(Row row, void* body) const {
        if (std::find(m_sizes.begin(), m_sizes.end(), 0) != m_sizes.end())
            return;
        const size_t last = m_sizes.size() - 1;
        std::array<int64_t, N> offsets{};
        std::vector<int64_t> index(last, 0);
        for (;;) {
            row(body, m_sizes[last], offsets, m_steps[last]);
            size_t d = last;
            while (d > 0 && !advance(d - 1, index, offsets))
                --d;
            if (d == 0)
                return;
        }
    }

    void append(int64_t size, const std::array<int64_t, N>& steps) {
        const bool merges =
            !m_sizes.empty() && std::equal(steps.begin(), steps.end(), m_steps.back().begin(),
                                           [&](int64_t inner, int64_t outer) { return outer == inner * size; });
        if (merges) {
            m_sizes.back() *= size;
            m_steps.back() = steps;
            return;
        }
        m_sizes.push_back(size);
        m_steps.push_back(steps);
    }

    /// One step along dimension `d`; false where that wraps around.
    bool advance(size_t d, std::vector<int64_t>& index, std::array<int64_t, N>& offsets) const {
        const bool wraps = ++index[d] == m_sizes[d];
        for (size_t k = 0; k < N; ++k)
            offsets[k] += wraps ? -m_steps[d][k] * (m_sizes[d] - 1) : m_steps[d][k];
        if (wraps)
            index[d] = 0;
        return !wraps;
    }

    Sizes m_sizes;
    std::vector<std::array<int64_t, N>> m_steps;
};

/// out[i] = fn(in[i]...) for every element, in memory order of `out`. Operands have the sizes of `out` (see expandTo).
/// Usage: mapElements<float, float, bool>(out, {&x, &mask}, [](float x, bool keep) { return keep ? x : 0; });
template <class Out, class... In, class Fn>
void mapElements(Tensor& out, const std::array<const Tensor*, sizeof...(In)>& in, Fn fn) {
    [&]<size_t... K>(std::index_sequence<K...>) {
        StridedLoop<1 + sizeof...(In)> loop(out.sizes(), {&out.strides(), &in[K]->strides()...});
        loop.sortByFirst();
        Out* const target = out.data<Out>();
        loop.rows([&](int64_t count, const auto& offsets, const auto& steps) {
            Out* const to = target + offsets[0];
            [[maybe_unused]] const auto from = std::make_tuple(in[K]->template data<In>() + offsets[K + 1]...);
            if (steps[0] == 1 && ((steps[K + 1] == 1) && ...))
                for (int64_t i = 0; i < count; ++i)
                    to[i] = fn(std::get<K>(from)[i]...);
            else
                for (int64_t i = 0; i < count; ++i)
                    to[i * steps[0]] = fn(std::get<K>(from)[i * steps[K + 1]]...);
        });
    }
    (std::make_index_sequence<sizeof...(In)>());
}

} // namespace fxscope
