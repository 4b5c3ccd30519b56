// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/document/answers.h"

#include <QObject>
#include <QStringList>

#include <map>
#include <memory>
#include <set>

namespace fxscope {

class Document;

/// What the chosen pattern set says of the graph on show: candidates and scores, and at one node the whole comparison.
/// Follows the document; answers come from jobs. A set that is not made of traced patterns (as_written) has none.
///
/// Note [What is explained]
/// The graph as it was before the step on show: what the matcher sees at that moment. The subject is the selected node;
/// on a step whose root or replacement is selected, the root. A part that is selected from the comparison itself (see
/// selectPart) leaves the subject where it is.
class PatternInspector : public QObject {
    Q_OBJECT
public:
    explicit PatternInspector(Document* document);

    std::shared_ptr<const PatternSet> set() const { return m_set; } ///< null: not made of traced patterns
    void setSet(std::shared_ptr<const PatternSet> set);

    QString pattern() const { return m_pattern; } ///< the chosen one; may be empty
    const PatternEntry* entry() const;            ///< null: none is chosen, or the set has it not
    void choosePattern(const QString& name);
    WhatIf whatIf() const { return m_whatIf; } ///< reasons that are switched off
    void setWhatIf(const WhatIf& whatIf);

    std::shared_ptr<const GraphCandidates> candidates() const { return m_candidates; } ///< null: none, or not known yet
    NodeId subject() const { return m_subject; }
    std::shared_ptr<const NodeAnswers> answers() const { return m_answers; } ///< of the subject; null: not known yet
    /// That of the chosen pattern, if it can start at the subject, else the nearest. Null: none can.
    std::shared_ptr<const PatternAnswer> answer() const;

    // --- the matcher, part by part
    int reached() const { return m_reached; } ///< the part that is compared; -1: all are shown
    void stepInto();                          ///< the next part; from outside the first one
    void stepOut();
    void selectPart(int part); ///< its node becomes the selected one, the subject stays

    // --- breakpoints: on patterns, and on nodes of the graph that is open (by name, so that they outlive a reload)
    bool hasBreakpoint(const QString& pattern) const { return m_breakpoints.contains(pattern); }
    const std::set<QString>& breakpoints() const { return m_breakpoints; }
    void toggleBreakpoint(const QString& pattern);
    bool hasBreakpoint(NodeId node) const;
    std::vector<NodeId> nodeBreakpoints() const; ///< those that the versions on show have
    void toggleBreakpoint(NodeId node);
    bool hasBreakpoints() const;
    void removeBreakpoints(); ///< all of patterns, and all of this graph's nodes
    /// To the next step or miss of such a pattern, or the next step that touches such a node. False: there is none.
    bool continueToBreakpoint();
    QString nameOf(NodeId node) const; ///< in any version
    bool continueTo(NodeId node);      ///< to the next step that touches it; false: there is none

    void showSource() { emit sourceWanted(); }

signals:
    void setChanged();
    void patternChanged();
    void candidatesChanged();
    void answerChanged();
    void reachedChanged();
    void breakpointsChanged();
    void halted(const QString& where); ///< a run came to a halt, and why there
    void sourceWanted();               ///< somebody wants to see how the chosen pattern is written

private:
    void followGraph();
    void follow();
    void explain();
    void findCandidates();
    void intoAnyPart();
    QString graphKey() const;
    const std::set<QString>& haltingNames() const;
    QString haltAt(const RewriteStep& step) const;
    bool haltAtStep(size_t position, const QString& why);

    Document* m_document;
    std::shared_ptr<const PatternSet> m_set;
    QString m_pattern;
    WhatIf m_whatIf;
    std::shared_ptr<const Graph> m_graph; ///< the subject's
    NodeId m_subject;
    std::shared_ptr<const GraphCandidates> m_candidates;
    std::shared_ptr<const NodeAnswers> m_answers;
    int m_reached = -1;
    bool m_intoSoon = false; ///< step into what is being explained
    std::set<QString> m_breakpoints;
    std::map<QString, std::set<QString>> m_nodeBreakpoints; ///< by graph, see graphKey
};

} // namespace fxscope
