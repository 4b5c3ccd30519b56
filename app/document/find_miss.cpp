// SPDX-License-Identifier: BSD-3-Clause
// What is said when nothing was found: which part matches nothing, and the words of the graph that are near it.
#include "app/document/find_query.h"

#include "core/support/text.h"

#include <QStringList>

#include <algorithm>
#include <unordered_set>

namespace fxscope {
namespace {

char lowerCase(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

/// "add" of "add_12" and of "add_12_1".
std::string_view withoutNumber(std::string_view name) {
    for (;;) {
        const size_t end = name.find_last_not_of("0123456789");
        if (end == std::string_view::npos || end == 0 || end + 1 == name.size() || name[end] != '_')
            return name;
        name = name.substr(0, end);
    }
}

} // namespace

const std::vector<std::string>& FindIndex::words(bool names) const {
    std::vector<std::string>& words = m_words[names];
    std::call_once(m_wordsMade[names], [&] {
        const auto kind = names ? FindQuery::Kind::Text : FindQuery::Kind::Operator;
        for (const std::string_view word : FindQuery::wordsOf(*m_graph, kind, nullptr, {}))
            words.emplace_back(word);
    });
    return words;
}

const std::shared_ptr<const Hierarchy>& FindIndex::modules() const {
    std::call_once(m_modulesMade, [this] { m_modules = std::make_shared<const Hierarchy>(Hierarchy::of(*m_graph)); });
    return m_modules;
}

FindMiss FindQuery::whyNone(const FindScope& scope, const Cancel& cancel, const FindIndex* index) const {
    FindMiss miss;
    for (const Term& term : m_terms)
        if (term.gaveUp && *term.gaveUp > 0) {
            miss.text = QStringLiteral("%1 takes too long on %2 names and targets: write it simpler.")
                            .arg(term.word, QString::number(term.gaveUp->load()));
            return miss;
        }
    QStringList each;
    for (size_t i = 0; i < m_terms.size() && !cancel.requested(); ++i) {
        FindQuery alone;
        alone.m_terms.push_back(m_terms[i]);
        const auto count = m_terms.size() == 1 ? 0 : static_cast<int64_t>(alone.in(scope, cancel, {}, index).size());
        each << m_terms[i].word + QStringLiteral(": ") + QString::fromStdString(counted(count, "node", "nodes"));
        if (count > 0)
            continue;
        miss.text = QStringLiteral("No node matches %1.").arg(m_terms[i].word);
        for (const QString& word : nearWords(m_terms[i], scope, cancel, index)) {
            QStringList words;
            for (size_t k = 0; k < m_terms.size(); ++k)
                words << (k == i ? word : m_terms[k].word);
            miss.instead << words.join(u' ');
        }
        return miss;
    }
    miss.text = QStringLiteral("No node matches all of it (%1).").arg(each.join(QStringLiteral(", ")));
    return miss;
}

std::unordered_set<std::string_view> FindQuery::wordsOf(const Graph& graph, Kind kind, const Hierarchy* modules,
                                                        const Cancel& cancel) {
    std::unordered_set<std::string_view> words;
    std::unordered_set<const std::string*> targets;
    const auto addParts = [&](std::string_view text) {
        for (const std::string_view part : split(text, '.'))
            words.insert(part);
    };
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        if (cancel.requested())
            break;
        if (kind == Kind::DTypeName && node.tensor())
            words.insert(info(node.tensor()->dtype).readable);
        if (kind == Kind::Text)
            words.insert(withoutNumber(node.name));
        if ((kind == Kind::Text || kind == Kind::Operator) && targets.insert(&node.target.str()).second)
            addParts(node.target.shortName());
        if (kind == Kind::Module && node.origin)
            for (const ModuleFrame& frame : node.origin->modules) {
                words.insert(frame.type);
                addParts(frame.path);
            }
    }
    if (kind == Kind::Module && modules)
        for (const Group& group : modules->groups())
            addParts(group.path);
    return words;
}

/// Names without their numbers, parts of targets and modules: some hundred words, however large the graph.
QStringList FindQuery::nearWords(const Term& term, const FindScope& scope, const Cancel& cancel,
                                 const FindIndex* index) {
    if (term.negated || term.text.empty() || term.kind == Kind::State || term.kind == Kind::Regex ||
        term.kind == Kind::Argument)
        return {};
    std::vector<std::string> sorted;
    if (index && (term.kind == Kind::Text || term.kind == Kind::Operator))
        sorted = index->words(term.kind == Kind::Text);
    else
        for (const std::string_view word : wordsOf(*scope.after, term.kind, scope.modules.get(), cancel))
            sorted.emplace_back(word);
    for (std::string& word : sorted)
        std::transform(word.begin(), word.end(), word.begin(), lowerCase);
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    const qsizetype prefix = term.kind == Kind::Text ? 0 : term.word.indexOf(u':') + 1;
    QStringList list;
    for (const std::string& word : nearest(withoutNumber(term.text), sorted))
        list << term.word.left(prefix) + QString::fromStdString(word);
    return list;
}

} // namespace fxscope
