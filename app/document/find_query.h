// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/graph/hierarchy.h"
#include "core/support/cancel.h"

#include <QRegularExpression>
#include <QString>
#include <QStringList>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace fxscope {

/// Where one looks: the version on show, the one before the step, and what the step changed in place.
struct FindScope {
    std::shared_ptr<const Graph> before, after; ///< the same: no step
    std::set<NodeId> changed;
    std::shared_ptr<const Hierarchy>
        modules; ///< by parameter names, where nodes carry no module stack; null: not known
    const Node& operator[](NodeId id) const { return after->alive(id) ? (*after)[id] : (*before)[id]; }
};

/// One reason why a node is a hit, and which letters of what is shown matched.
struct FindReason {
    enum class Part { Name, Target, Type, Words };
    std::string text; ///< "name", "shape f32[8, 64]", "3 users", "module layers.0.mlp"
    Part part = Part::Words;
    size_t first = 0, length = 0; ///< in the node's name, target, type, or in `text`; length 0: all of it or nothing
};

/// What to say when nothing was found.
struct FindMiss {
    QString text;        ///< "No node matches op:gelo." Empty: there were hits
    QStringList instead; ///< queries that may have been meant
};

/// Names and targets of a graph in lower case, one text: made once, it finds a word some ten times sooner than a walk
/// over the nodes does.
class FindIndex {
public:
    explicit FindIndex(std::shared_ptr<const Graph> graph);
    const std::shared_ptr<const Graph>& graph() const { return m_graph; }
    const std::vector<NodeId>& nodes() const { return m_nodes; } ///< in list order
    /// For each of nodes() whether its target or, if `names`, its name contains `part` (lower case).
    std::vector<char> holding(std::string_view part, bool names) const;
    /// Parts of targets and, if `names`, names without their numbers: some hundred, however large the graph. Made
    /// when first asked for, as is the next; any thread may ask.
    const std::vector<std::string>& words(bool names) const;
    const std::shared_ptr<const Hierarchy>& modules() const;

private:
    std::shared_ptr<const Graph> m_graph;
    std::vector<NodeId> m_nodes;
    std::string m_names;            ///< a line each
    std::vector<size_t> m_begins;   ///< of each line
    std::vector<uint32_t> m_target; ///< of each node, into m_targets
    std::vector<std::string> m_targets;
    mutable std::once_flag m_wordsMade[2], m_modulesMade;
    mutable std::vector<std::string> m_words[2]; ///< of targets, with names
    mutable std::shared_ptr<const Hierarchy> m_modules;
};

/// What the find bar understands. Words are parts that must all hold, separated by spaces:
///   word          part of the node's name or target, upper and lower case alike
///   /regex/       a regular expression on name or target
///   op:word       part of the target
///   shape:8,64    these sizes side by side, `*` for any; shape:[8,64] the whole shape
///   dtype:f32     element type, f32 or float32, or how it begins
///   arg:dim=1     part of an argument as it prints, keyword ones as name=value
///   users>2       number of users; also < = >= <=
///   module:word   part of a module's path or class
///   is:changed    by the step on show, also added and removed; placeholder, output; dead: no users
///   -word         not so; also before each of the others
class FindQuery {
    friend class FindIndex;

public:
    using OnSome = std::function<void(const std::vector<NodeId>& hits)>;

    /// Error: a regular expression that does not compile, a number that is none, an unknown is:word.
    static Result<FindQuery> parse(const QString& text);
    bool isEmpty() const { return m_terms.empty(); }
    /// Hits in list order, then those that the step removed; what was found so far when cancelled. `onSome` gets the
    /// hits so far if it takes long. `index` is of scope.after, or null.
    std::vector<NodeId> in(const FindScope& scope, const Cancel& cancel, const OnSome& onSome = {},
                           const FindIndex* index = nullptr) const;
    bool usesIndex() const; ///< whether it looks at names, targets or modules
    bool usesModules() const;
    /// Names and targets that an expression took too long on in the last search of this query or a copy: whether they
    /// match is not known.
    size_t gaveUp() const;
    std::vector<NodeId> in(const std::shared_ptr<const Graph>& graph, const Cancel& cancel) const {
        return in(FindScope{graph, graph, {}, {}}, cancel);
    }
    /// One reason for each part of the query; `node` must be a hit.
    std::vector<FindReason> reasons(const Node& node, const FindScope& scope) const;
    /// Which part nothing matches, and the nearest words of the graph that would.
    FindMiss whyNone(const FindScope& scope, const Cancel& cancel, const FindIndex* index = nullptr) const;

private:
    enum class Kind { Text, Regex, Operator, Argument, Shape, DTypeName, Users, Module, State };
    struct Term {
        QString word; ///< as typed
        Kind kind = Kind::Text;
        bool negated = false;
        std::string text; ///< lower case
        QRegularExpression regex;
        std::shared_ptr<std::atomic<size_t>> gaveUp; ///< Regex: texts that it took too long on
        std::vector<std::string> sizes;              ///< Shape; "*": any
        std::vector<int64_t> numbers;                ///< the same as numbers; -1: none
        bool wholeShape = false;
        std::string comparison; ///< Users
        int64_t number = 0;     ///< Users; State: the states that begin so, as bits
    };
    struct Span {
        size_t first = 0, length = 0;
    };
    class Scan;
    static bool isOfText(const Term& term) {
        return term.kind == Kind::Text || term.kind == Kind::Regex || term.kind == Kind::Operator;
    }
    std::vector<char> candidates(const FindIndex& index) const;
    static Result<Term> parseTerm(const QString& word);
    static Result<Term> parsePlain(const QString& word);
    static Result<Term> parseUsers(const QString& word);
    static Result<Term> parseState(const QString& word);
    static Result<Term> parseRegex(const QString& word);
    static Term parseShape(const QString& sizes);
    static bool inText(const Term& term, const std::string& text, Span* where = nullptr);
    static bool inShape(const Term& term, const TensorMeta& tensor, size_t* first = nullptr);
    static bool inType(const Term& term, const ValueMeta& meta);
    static bool inModule(const Term& term, const Node& node, const FindScope& scope);
    static std::string argumentWith(const Term& term, const Node& node, const FindScope& scope);
    static bool inState(const Term& term, const Node& node, const FindScope& scope, QString* which = nullptr);
    static bool holds(const Term& term, const Node& node, const FindScope& scope);
    static FindReason reason(const Term& term, const Node& node, const FindScope& scope);
    static FindReason typeReason(const Term& term, const Node& node);
    static FindReason moduleReason(const Term& term, const Node& node, const FindScope& scope);
    static std::unordered_set<std::string_view> wordsOf(const Graph& graph, Kind kind, const Hierarchy* modules,
                                                        const Cancel& cancel);
    static QStringList nearWords(const Term& term, const FindScope& scope, const Cancel& cancel,
                                 const FindIndex* index);

    std::vector<Term> m_terms;
};

/// The type as a hit shows it: "f32[8, 64]", of several values "(f32[8], i64[8])".
std::string typeText(const ValueMeta& meta);

} // namespace fxscope
