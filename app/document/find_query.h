// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/support/cancel.h"

#include <QRegularExpression>
#include <QString>

#include <string>
#include <vector>

namespace fxscope {

/// What the find bar understands. Words are parts that must all hold, separated by spaces:
///   word          part of the node's name or target, upper and lower case alike
///   /regex/       a regular expression on name or target
///   op:word       part of the target
///   shape:8,64    these sizes side by side, `*` for any; shape:[8,64] the whole shape
///   dtype:f32     element type, f32 or float32
///   users>2       number of users; also < = >= <=
///   module:word   part of a module's path or class
class FindQuery {
public:
    /// Error: a regular expression that does not compile, a number that is none.
    static Result<FindQuery> parse(const QString& text);
    bool isEmpty() const { return m_terms.empty(); }
    bool matches(const Node& node) const;
    /// Hits in list order; what was found so far when cancelled.
    std::vector<NodeId> in(const Graph& graph, const Cancel& cancel) const;

private:
    enum class Kind { Text, Regex, Operator, Shape, DTypeName, Users, Module };
    struct Term {
        Kind kind = Kind::Text;
        std::string text; ///< lower case
        QRegularExpression regex;
        std::vector<std::string> sizes; ///< Shape; "*": any
        bool wholeShape = false;
        std::string comparison; ///< Users
        int64_t number = 0;
    };
    static Result<Term> parseTerm(const QString& word);
    static Result<Term> parseUsers(const QString& word);
    static Term parseShape(const QString& sizes);
    static bool holds(const Term& term, const Node& node);

    std::vector<Term> m_terms;
};

} // namespace fxscope
