// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/lint.h"

#include "core/pattern/as_written.h"
#include "core/pattern/pattern_run.h"
#include "core/support/text.h"

#include <algorithm>
#include <functional>

namespace fxscope {
namespace {

/// Whether pattern `a` fits everything that pattern `b` fits (phase one).
class Subsumption {
public:
    Subsumption(const Pattern& a, const Pattern& b) : m_a(a), m_b(b), m_bound(a.exprs.size()) {}
    bool holds() {
        if (m_a.outputs.size() != m_b.outputs.size())
            return false;
        for (size_t i = 0; i < m_a.outputs.size(); ++i)
            if (!m_a.outputs[i].valid() || !m_b.outputs[i].valid() || !covers(m_a.outputs[i], m_b.outputs[i], true))
                return false;
        return true;
    }

private:
    bool covers(PatternId a, PatternId b, bool isOutput) {
        NodeId& bound = m_bound[a.index];
        if (bound.valid())
            return bound == b;
        bound = b;
        const PatternExpr &general = m_a[a], &special = m_b[b];
        if (general.kind == PatternExpr::Kind::Ignored || general.kind == PatternExpr::Kind::KeywordArg ||
            general.kind == PatternExpr::Kind::Arg)
            return true;
        if (general.kind != special.kind || general.targets != special.targets ||
            (!isOutput && general.users != kAnyUsers && general.users != special.users))
            return false;
        const std::vector<Argument>&mine = m_a.leaves[a.index], &other = m_b.leaves[b.index];
        if (mine.size() != other.size() || general.args.size() != special.args.size() ||
            general.kwargs.size() != special.kwargs.size() || m_a.nested[a.index] != m_b.nested[b.index])
            return false;
        for (size_t i = 0; i < mine.size(); ++i)
            if (!coversLeaf(mine[i], other[i]))
                return false;
        return true;
    }
    bool coversLeaf(const Argument& a, const Argument& b) {
        if (a.isNode() && b.isNode())
            return covers(a.asNode(), b.asNode(), false);
        if (a.isNode())
            return !m_a[a.asNode()].isCall();
        return !b.isNode() && pythonEqual(a, b);
    }

    const Pattern &m_a, &m_b;
    std::vector<NodeId> m_bound; ///< object of a -> the one object of b it stands for
};

class EntryLint {
public:
    EntryLint(const PatternEntry& entry, std::vector<LintFinding>& findings) : m_entry(entry), m_findings(findings) {}

    void run() {
        inputs();
        lostCalls();
        outputs();
        unusedValues();
        scalarCollisions();
        examples();
    }

private:
    const PatternSource& source() const { return m_entry.source; }
    void add(const char* code, int line, std::string what, std::string next, Severity severity = Severity::Warning) {
        m_findings.push_back(
            {code, m_entry.name(), {std::move(what), py::place(source().where, line), std::move(next), severity}});
    }
    int patternLine() const { return source().pattern().line; }

    void inputs() {
        for (const Diagnostic& note : m_entry.notes)
            m_findings.push_back({"unbound_argument", m_entry.name(), note});
        if (!m_entry.notes.empty())
            m_findings.back().diagnostic.severity = Severity::Error;
        const auto& names = source().parameters;
        if (std::find(names.begin(), names.end(), "out") != names.end())
            add("argument_named_out", patternLine(),
                "an argument is named out: PyTorch takes a keyword of that name for memory that is written to",
                "give it another name");
        for (const std::string& name : source().exclusive)
            if (std::find(names.begin(), names.end(), name) == names.end())
                add("unknown_argument", patternLine(), "exclusive names " + name + ", which is no argument of pattern",
                    "name one of: " + join(names, ", "), Severity::Error);
    }

    void lostCalls() {
        for (const LostCall& call : m_entry.lost)
            add("example_too_small", patternLine(), "the traced pattern lacks " + call.call + ": " + call.why,
                "choose examples so large that the call does something");
    }

    static std::vector<Argument> results(const Graph& graph) {
        const Argument& returned = graph[graph.output()].args.front();
        return returned.isSequence() ? std::vector<Argument>(returned.items().begin(), returned.items().end())
                                     : std::vector<Argument>{returned};
    }
    static std::string metaText(const Graph& graph, const Argument& value) {
        const TensorMeta* tensor = value.isNode() ? graph[value.asNode()].tensor() : nullptr;
        return tensor ? shortText(*tensor) : "no tensor";
    }
    static std::string shortText(const TensorMeta& tensor) {
        std::vector<std::string> sizes;
        for (const SymInt& size : tensor.sizes)
            sizes.push_back(size.str());
        return std::string(name(tensor.dtype)) + "[" + join(sizes, ", ") + "]";
    }

    void outputs() {
        const auto wanted = results(m_entry.searchGraph), given = results(m_entry.replacementGraph);
        const int line = source().replacement().line;
        if (wanted.size() != given.size())
            return; // one packed result that becomes several; loading refuses any other difference
        for (size_t i = 0; i < wanted.size(); ++i) {
            const std::string before = metaText(m_entry.searchGraph, wanted[i]),
                              after = metaText(m_entry.replacementGraph, given[i]);
            if (before != after)
                add("result_differs", line,
                    "result " + std::to_string(i) + " of pattern is " + before + ", that of replacement " + after,
                    "convert the replacement's result, or correct one of the two", Severity::Error);
        }
    }

    static bool mentions(const py::Expr& expr, const std::string& name) {
        if (expr.kind == py::Expr::Kind::Name && expr.text == name)
            return true;
        const auto inside = [&](const py::ExprPtr& item) { return item && mentions(*item, name); };
        return std::any_of(expr.items.begin(), expr.items.end(), inside) ||
               std::any_of(expr.keywords.begin(), expr.keywords.end(),
                           [&](const auto& keyword) { return inside(keyword.second); });
    }
    static bool mentioned(const py::Function& function, size_t from, const std::string& name) {
        for (size_t i = from; i < function.body.size(); ++i)
            if (mentions(*function.body[i].value, name))
                return true;
        return false;
    }
    void unusedValues() {
        for (const py::Function* function : {&source().pattern(), &source().replacement()}) {
            for (size_t i = 0; i < function->body.size(); ++i)
                for (const std::string& target : function->body[i].targets)
                    if (target != "_" && !mentioned(*function, i + 1, target))
                        add("value_unused", function->body[i].line,
                            target + " is computed in " + function->name + " and never used",
                            "return it, use it, or take the line out");
            for (const std::string& parameter : function->parameters)
                if (!mentioned(*function, 0, parameter))
                    add("argument_unused", function->line, function->name + " never uses its argument " + parameter,
                        "use it, or take it out of both functions");
        }
    }

    /// A constant that happens to equal a scalar's example becomes that scalar too (matcher.md 2.3).
    void scalarCollisions() {
        const auto written = traceAsWritten(source(), source().pattern());
        const std::vector<bool> reached = reachedObjects(m_entry.pattern);
        for (const auto& [name, value] : source().scalars) {
            if (!written.ok() || !value.isInt()) // other scalars are not left open
                continue;
            size_t meant = 0, met = 0;
            for (const NodeId id : written->order())
                for (const Argument& leaf : flatten((*written)[id].args, (*written)[id].kwargs, true))
                    meant += leaf.isNode() && (*written)[leaf.asNode()].name.starts_with(name) ? 1 : 0;
            for (size_t i = 0; i < m_entry.pattern.exprs.size(); ++i)
                met += reached[i] && m_entry.pattern.exprs[i].name == name ? 1 : 0;
            if (met > meant)
                add("scalar_collision", patternLine(),
                    "another constant of the traced pattern equals the example of " + name + " (" +
                        std::to_string(met) + " places, " + std::to_string(meant) + " meant) and is taken for it",
                    "give " + name + " an example that nothing else in the pattern has");
        }
    }

    void examples() {
        bool fires = false;
        for (const PatternExample& example : source().examples) {
            fires = fires || example.matches > 0;
            if (std::string wrong = runExample(m_entry, example); !wrong.empty())
                m_findings.push_back(
                    {"example_fails", m_entry.name(), {std::move(wrong), "", "correct the example or the pattern"}});
        }
        if (!fires)
            add("no_firing_example", patternLine(), "no example shows the pattern firing", "add one with matches=1");
    }

    const PatternEntry& m_entry;
    std::vector<LintFinding>& m_findings;
};

bool sameAnchor(const Pattern& a, const Pattern& b) {
    return a.anchor().op() == b.anchor().op() && a.anchor().targets == b.anchor().targets;
}

} // namespace

std::vector<LintFinding> lint(const PatternSet& set) {
    std::vector<LintFinding> findings;
    for (const Diagnostic& problem : set.problems)
        findings.push_back({problem.severity == Severity::Error ? "refused" : "duplicate", "", problem});
    for (size_t i = 0; i < set.entries.size(); ++i) {
        EntryLint(*set.entries[i], findings).run();
        for (size_t earlier = 0; earlier < i; ++earlier) {
            const PatternEntry &first = *set.entries[earlier], &later = *set.entries[i];
            if (sameAnchor(first.pattern, later.pattern) && Subsumption(first.pattern, later.pattern).holds())
                findings.push_back(
                    {"shadowed",
                     later.name(),
                     {first.name() +
                          " is tried before and fits wherever this pattern fits, so this one is reached only "
                          "where the shapes rule the other out",
                      later.source.where, "give it a smaller order, if it is the more special one",
                      Severity::Warning}});
        }
    }
    return findings;
}

} // namespace fxscope
