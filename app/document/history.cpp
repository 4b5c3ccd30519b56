// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/history.h"

#include <algorithm>
#include <atomic>

namespace fxscope {
namespace {

size_t distanceOf(size_t a, size_t b) { return a > b ? a - b : b - a; }

} // namespace

std::shared_ptr<const Graph> History::version(size_t position) {
    if (position == 0)
        return m_trace->base;
    if (position >= m_trace->steps.size())
        return m_trace->result;
    const auto known =
        std::find_if(m_kept.begin(), m_kept.end(), [&](const Kept& kept) { return kept.position == position; });
    if (known != m_kept.end())
        return known->graph;
    Kept* free = nearestFree(position);
    Kept& kept = free ? *free : copyNearest(position);
    moveVersion(*m_trace, *kept.graph, kept.position, position);
    kept.position = position;
    return kept.graph;
}

/// The graph nearest in steps that only this history holds; null: all are looked at, or there is room for another.
History::Kept* History::nearestFree(size_t position) {
    Kept* best = nullptr;
    size_t free = 0;
    for (Kept& kept : m_kept)
        if (kept.graph.use_count() == 1) {
            ++free;
            if (!best || distanceOf(kept.position, position) < distanceOf(best->position, position))
                best = &kept;
        }
    if (free < kKept / 2 && m_kept.size() < kKept)
        return nullptr;
    std::atomic_thread_fence(std::memory_order_acquire); // a job that let go of it has finished reading
    return best;
}

History::Kept& History::copyNearest(size_t position) {
    const Kept* nearest = nullptr;
    for (const Kept& kept : m_kept)
        if (!nearest || distanceOf(kept.position, position) < distanceOf(nearest->position, position))
            nearest = &kept;
    const size_t steps = m_trace->steps.size();
    const bool fromEnd = steps - position < position;
    Kept fresh{fromEnd ? steps : 0, nullptr};
    const Graph* source = fromEnd ? m_trace->result.get() : m_trace->base.get();
    if (nearest && distanceOf(nearest->position, position) < distanceOf(fresh.position, position)) {
        fresh.position = nearest->position;
        source = nearest->graph.get();
    }
    fresh.graph = std::make_shared<Graph>(*source);
    if (m_kept.size() >= kKept) // all are looked at: the others keep the oldest one
        m_kept.erase(m_kept.begin());
    return m_kept.emplace_back(std::move(fresh));
}

} // namespace fxscope
