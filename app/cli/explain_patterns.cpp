// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/explain_patterns.h"

#include "app/cli/json_print.h"
#include "app/cli/print.h"
#include "core/pattern/root_cause.h"
#include "core/pattern/soundness.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace fxscope::cli {
namespace {

/// A candidate with all there is to say about it.
struct Answer {
    Explanation explanation;
    RootCause root;
    std::vector<Caveat> caveats; ///< of a match
    bool wouldMatch = false;     ///< without the reasons that --what-if switches off
};

struct Switch {
    const char* name;
    bool WhatIf::*flag;
};
constexpr Switch kSwitches[] = {{"users", &WhatIf::userCounts},
                                {"dtypes", &WhatIf::dtypes},
                                {"mutations", &WhatIf::mutationRegions},
                                {"phase-two", &WhatIf::recheck}};

WhatIf whatIfOf(const std::vector<std::string>& names) {
    WhatIf whatIf;
    for (const std::string& name : names)
        for (const Switch& item : kSwitches)
            if (name == item.name)
                whatIf.*item.flag = true;
    return whatIf;
}

class Asker {
public:
    Asker(const Graph& graph, const ExplainQuestion& question)
        : m_graph(graph), m_question(question), m_plain(graph), m_open(graph, {.whatIf = whatIfOf(question.whatIf)}),
          m_asksOpen(whatIfOf(question.whatIf).any()) {}

    std::vector<Answer> answers(const PatternEntry& entry) {
        std::vector<Answer> answers;
        if (!m_question.node.empty()) {
            answers.push_back(answer(entry, *m_graph.find(m_question.node)));
            return answers;
        }
        for (const NearMiss& candidate : m_plain.candidates(entry))
            answers.push_back(answer(entry, candidate.anchor));
        return answers;
    }

private:
    Answer answer(const PatternEntry& entry, NodeId node) {
        Answer answer{.explanation = m_plain.at(entry, node)};
        answer.root = rootCauseOf(m_graph, answer.explanation);
        if (answer.explanation.reason == Reason::Match)
            answer.caveats = caveatsOf(m_graph, entry, *answer.explanation.match);
        answer.wouldMatch =
            m_asksOpen && answer.explanation.reason != Reason::Match && m_open.at(entry, node).reason == Reason::Match;
        return answer;
    }

    const Graph& m_graph;
    const ExplainQuestion& m_question;
    Explainer m_plain, m_open;
    bool m_asksOpen;
};

// --- text

void printTree(const ExplainPart& part, int depth) {
    const std::string mark = part.fits() ? "  " : part.decisive ? "> " : "x ";
    const std::string line =
        fmt::format("    {}{}{}", mark, std::string(static_cast<size_t>(depth) * 2, ' '),
                    part.expected == part.found ? part.expected : part.expected + "  <-  " + part.found);
    fmt::print("{}\n", styled(part.fits()     ? Style::Plain
                              : part.decisive ? Style::Bad
                                              : Style::Dim,
                              part.fits() ? line : line + "  (" + std::string(name(part.reason)) + ")"));
    for (const ExplainPart& inner : part.parts)
        printTree(inner, depth + 1);
}

void printIndented(std::string_view label, const std::string& text) {
    if (!text.empty())
        printField("    " + std::string(label), text);
}

void printAnswer(const Graph& graph, const Answer& answer, bool whole) {
    const Explanation& explanation = answer.explanation;
    const bool matches = explanation.reason == Reason::Match;
    fmt::print("  {}  {}/{}  {}{}\n", styled(matches ? Style::Good : Style::Strong, graph[explanation.anchor].name),
               explanation.matched, explanation.wanted, name(explanation.reason),
               explanation.phase == 2 && !matches ? ", with the real shapes" : "");
    if (!matches)
        printIndented("answer", explanation.sentence);
    printIndented("cause", answer.root.cause);
    printIndented("change", answer.root.change);
    for (const Caveat& caveat : answer.caveats)
        printIndented("unsound", caveat.code + ": " + caveat.sentence);
    if (answer.wouldMatch)
        printIndented("what if", "without what --what-if switches off it would match");
    if (whole)
        printTree(explanation.tree, 0);
}

void printEntry(const Graph& graph, const ExplainQuestion& question, const PatternEntry& entry,
                const std::vector<Answer>& answers) {
    const auto matches = std::count_if(answers.begin(), answers.end(),
                                       [](const Answer& answer) { return answer.explanation.reason == Reason::Match; });
    const auto open =
        std::count_if(answers.begin(), answers.end(), [](const Answer& answer) { return answer.wouldMatch; });
    fmt::print("{}  {}, {}{}\n", styled(Style::Strong, entry.name()),
               counted(static_cast<int64_t>(answers.size()), "candidate", "candidates"),
               counted(matches, "match", "matches"),
               question.whatIf.empty() ? "" : fmt::format(", {} more without {}", open, join(question.whatIf, ", ")));
    for (const LostCall& call : entry.lost)
        printIndented("lost", call.call + ": " + call.why);
    if (answers.empty()) {
        const RootCause root = whyNoAnchor(graph, entry);
        printIndented("answer", "Nothing here calls " + functionWords(entry.pattern.anchor()) +
                                    "; this pattern only starts there.");
        printIndented("cause", root.cause);
        printIndented("change", root.change);
    }
    for (const Answer& answer : answers)
        printAnswer(graph, answer, !question.node.empty());
}

// --- JSON

Json treeJson(const ExplainPart& part) {
    Json parts = Json::array();
    for (const ExplainPart& inner : part.parts)
        parts.push_back(treeJson(inner));
    return {{"expected", part.expected}, {"found", part.found},       {"reason", name(part.reason)},
            {"fits", part.fits()},       {"decisive", part.decisive}, {"parts", parts}};
}

Json answerJson(const Graph& graph, const Answer& answer, bool whole) {
    const Explanation& explanation = answer.explanation;
    Json caveats = Json::array();
    for (const Caveat& caveat : answer.caveats)
        caveats.push_back({{"code", caveat.code}, {"sentence", caveat.sentence}});
    Json json = {{"node", graph[explanation.anchor].name}, {"phase", explanation.phase},
                 {"code", name(explanation.reason)},       {"answer", explanation.sentence},
                 {"matched", explanation.matched},         {"wanted", explanation.wanted},
                 {"causeCode", answer.root.code},          {"cause", answer.root.cause},
                 {"change", answer.root.change},           {"unsound", caveats},
                 {"wouldMatch", answer.wouldMatch}};
    if (whole)
        json["tree"] = treeJson(explanation.tree);
    return json;
}

Json entryJson(const Graph& graph, const ExplainQuestion& question, const PatternEntry& entry,
               const std::vector<Answer>& answers) {
    Json candidates = Json::array(), lost = Json::array();
    for (const Answer& answer : answers)
        candidates.push_back(answerJson(graph, answer, !question.node.empty()));
    for (const LostCall& call : entry.lost)
        lost.push_back({{"call", call.call}, {"why", call.why}});
    Json json = {{"pattern", entry.name()}, {"rule", entry.source.rule}, {"lost", lost}, {"candidates", candidates}};
    if (answers.empty())
        json["noAnchor"] = whyNoAnchor(graph, entry).cause;
    return json;
}

} // namespace

int explainPatterns(const Graph& graph, const ExplainQuestion& question) {
    const auto set = loadPatternSet(question.patterns);
    if (!set)
        return fail(set.error());
    if (const auto usable = (*set)->checkUsable(); !usable)
        return fail(usable.error());
    warn((*set)->problems);
    const PatternSet part = (*set)->only(question.rules);
    Asker asker(graph, question);
    Json patterns = Json::array();
    for (const auto& entry : part.entries) {
        const std::vector<Answer> answers = asker.answers(*entry);
        if (question.json)
            patterns.push_back(entryJson(graph, question, *entry, answers));
        else
            printEntry(graph, question, *entry, answers);
    }
    if (question.json)
        printJson({{"file", question.file}, {"patternSet", question.patterns}, {"patterns", patterns}});
    else if (part.entries.empty())
        fmt::print("no pattern of {} belongs to these passes\n", question.patterns);
    return 0;
}

} // namespace fxscope::cli
