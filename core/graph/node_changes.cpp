// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/graph_diff_p.h"

#include <algorithm>

namespace fxscope {
namespace {

using DiffKind = Difference::Kind;

class NodeComparer {
public:
    NodeComparer(const Pairing& pairing) : m_pairing(pairing) {}

    std::vector<Difference> compare(const Node& a, const Node& b) {
        if (!(a.target == b.target) && a.op != Op::Output)
            m_found.push_back({DiffKind::Target});
        for (size_t i = 0; i < std::max(a.args.size(), b.args.size()); ++i)
            argument(i, a, b);
        keywords(a, b);
        if (differentMeta(a.meta, b.meta))
            m_found.push_back({DiffKind::Meta});
        return std::move(m_found);
    }

private:
    bool equal(const Argument& a, const Argument& b) const {
        return mapNodes(a, [&](NodeId input) { return Argument::node(m_pairing.toAfter[input.index]); }) == b;
    }

    void argument(size_t i, const Node& a, const Node& b) {
        const bool was = i < a.args.size(), now = i < b.args.size();
        if (was && now && equal(a.args[i], b.args[i]))
            return;
        m_found.push_back({DiffKind::Argument,
                           i,
                           {},
                           {},
                           was ? std::optional(a.args[i]) : std::nullopt,
                           now ? std::optional(b.args[i]) : std::nullopt});
        if (was && now)
            m_found.back().items = differentItems(a.args[i], b.args[i]);
    }

    std::vector<size_t> differentItems(const Argument& a, const Argument& b) const {
        std::vector<size_t> items;
        if (a.kind() != b.kind() || !a.isSequence() || a.items().size() != b.items().size())
            return items;
        for (size_t i = 0; i < a.items().size(); ++i)
            if (!equal(a.items()[i], b.items()[i]))
                items.push_back(i);
        return items;
    }

    /// A keyword that is gone and one that is new with the same value are one that was renamed.
    void keywords(const Node& a, const Node& b) {
        std::vector<const Kwarg*> fresh;
        for (const Kwarg& kwarg : b.kwargs)
            if (!a.kwarg(kwarg.first))
                fresh.push_back(&kwarg);
        for (const auto& [key, value] : a.kwargs) {
            if (const Argument* now = b.kwarg(key)) {
                if (!equal(value, *now))
                    m_found.push_back({DiffKind::Keyword, 0, key, {}, value, *now});
                continue;
            }
            const auto renamed = std::find_if(fresh.begin(), fresh.end(), [&, old = &value](const Kwarg* other) {
                return equal(*old, other->second);
            });
            if (renamed == fresh.end()) {
                m_found.push_back({DiffKind::Keyword, 0, key, {}, value, std::nullopt});
                continue;
            }
            m_found.push_back({DiffKind::KeywordName, 0, key, (*renamed)->first, value, (*renamed)->second});
            fresh.erase(renamed);
        }
        for (const Kwarg* kwarg : fresh)
            m_found.push_back({DiffKind::Keyword, 0, kwarg->first, {}, std::nullopt, kwarg->second});
    }

    /// Only where both forms say something.
    static bool differentMeta(const ValueMeta& a, const ValueMeta& b) {
        if (!a.isTensor() || !b.isTensor())
            return false;
        const TensorMeta &was = a.tensor(), &now = b.tensor();
        return was.dtype != now.dtype || was.sizes != now.sizes ||
               (was.strides && now.strides && *was.strides != *now.strides) ||
               (was.device && now.device && !(*was.device == *now.device));
    }

    const Pairing& m_pairing;
    std::vector<Difference> m_found;
};

} // namespace

std::vector<Difference> nodeChanges(const Graph& before, const Graph& after, const Pairing& pairing, NodePair pair) {
    return NodeComparer(pairing).compare(before[pair.before], after[pair.after]);
}

} // namespace fxscope
