// SPDX-License-Identifier: BSD-3-Clause
// What Document finds, while one types.
#include "app/document/document.h"

#include <algorithm>

namespace fxscope {

const std::vector<NodeId>& Document::hits() const {
    static const std::vector<NodeId> none;
    return m_found ? m_found->hits : none;
}

void Document::find(const QString& text, QObject* from) {
    m_findText = text;
    updateHits(from);
}

void Document::setHitsOnly(bool only) {
    if (std::exchange(m_hitsOnly, only) != only)
        emit hitsOnlyChanged();
}

FindScope Document::findScope() const {
    FindScope scope{m_before, m_after, {}, {}};
    for (size_t step = m_from; step < m_to; ++step) {
        const auto& changed = trace()->steps[step].changed;
        scope.changed.insert(changed.begin(), changed.end());
    }
    std::erase_if(scope.changed, [&](NodeId node) { return !m_before->alive(node) || !m_after->alive(node); });
    return scope;
}

/// A job; the hits so far appear while it goes on, and those of the text before until then.
void Document::updateHits(QObject* from) {
    const uint64_t run = ++m_findRun;
    auto query = FindQuery::parse(m_findText);
    m_findProblem = query.ok() ? QString() : QString::fromStdString(query.error().str());
    if (!query.ok() || query->isEmpty() || !m_after) {
        m_jobs.cancel(QStringLiteral("find"));
        m_found.reset();
        return emit hitsChanged(from);
    }
    const auto take = [this, run, from = QPointer<QObject>(from)](std::shared_ptr<const Found> found) {
        if (run == m_findRun)
            takeHits(std::move(found), from);
    };
    m_jobs.start(
        QStringLiteral("find"), tr("Finding"),
        [this, take, start = Found{*query, findScope(), {}, false, {}, m_findIndex}](const Cancel& cancel) mutable {
            if (start.query.usesIndex() && (!start.index || start.index->graph() != start.scope.after))
                start.index = std::make_shared<const FindIndex>(start.scope.after);
            if (start.query.usesModules())
                start.scope.modules = start.index->modules();
            const bool fits = start.index && start.index->graph() == start.scope.after;
            const auto show = [&](const std::vector<NodeId>& hits) {
                auto some = std::make_shared<Found>(start);
                some->hits = hits;
                QMetaObject::invokeMethod(
                    this, [take, some] { take(some); }, Qt::QueuedConnection);
            };
            auto all = std::make_shared<Found>(start);
            all->hits = start.query.in(start.scope, cancel, show, fits ? start.index.get() : nullptr);
            all->complete = true;
            if (all->hits.empty()) {
                show({}); // why comes later
                all->miss = start.query.whyNone(start.scope, cancel, fits ? start.index.get() : nullptr);
            }
            return std::shared_ptr<const Found>(all);
        },
        this, take);
}

void Document::takeHits(std::shared_ptr<const Found> found, QObject* from) {
    m_found = std::move(found);
    m_findIndex = m_found->index;
    emit hitsChanged(from);
    if (m_found && m_found->complete) // a receiver may have looked for something else
        nextHit(std::exchange(m_nextHit, 0));
}

void Document::nextHit(int direction) {
    if (m_jobs.isRunning(QStringLiteral("find")))
        m_nextHit = direction;
    else if (direction && !hits().empty())
        selectHit(direction);
}

void Document::selectHit(int direction) {
    const auto count = static_cast<int>(hits().size());
    const auto at = std::find(hits().begin(), hits().end(), m_selected);
    int index = direction > 0 ? 0 : count - 1;
    if (at != hits().end())
        index = (static_cast<int>(at - hits().begin()) + direction + count) % count;
    select(hits()[static_cast<size_t>(index)]);
}

} // namespace fxscope
