// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/why_text.h"

#include "app/document/document.h"
#include "app/models/candidates_model.h"
#include "app/models/format.h"
#include "app/models/node_info.h"

#include <QCoreApplication>

namespace fxscope {
namespace {

constexpr size_t kMissesInList = 20;

class WhyText {
    Q_DECLARE_TR_FUNCTIONS(WhyDock)
public:
    WhyText(const Document& document, const CanvasTheme& theme)
        : m_document(document), m_inspector(document.inspector()), m_theme(theme) {}

    QString html() const {
        if (!m_document.trace())
            return faint(tr("Run passes to see why their rules match or do not."));
        if (m_document.isOfStage() && !m_inspector.subject().valid())
            return stepHtml(true) + faint(tr("PyTorch made this stage. Run passes here to see why our rules match or "
                                             "do not."));
        if (!m_inspector.set())
            return stepHtml(true) + missesHtml() +
                   faint(
                       tr("%1 is made of rules that are proven one by one, not of traced patterns, so there is no tree "
                          "to compare. Choose another pattern set to see one.")
                           .arg(m_document.patterns()));
        const QString answer = m_inspector.subject().valid() ? answerHtml() : noSubjectHtml();
        return caveatsTellOfStep() ? answer : answer + stepHtml(false);
    }

private:
    static QString faint(const QString& text) { return QStringLiteral("<p class='faint'>%1</p>").arg(text); }
    static QString escaped(const std::string& text) { return htmlText(text); }
    QString marked(const QString& sign, const QColor& colour, const QString& text) const {
        return QStringLiteral("<p><span style='color:%1'><b>%2</b></span> %3</p>").arg(colour.name(), sign, text);
    }

    /// What is unsound about the step on show is part of the answer at its root.
    bool caveatsTellOfStep() const {
        const int index = m_document.currentStep();
        const auto shown = m_inspector.answer();
        return index >= 0 && shown && !shown->caveats.empty() &&
               m_document.trace()->steps[static_cast<size_t>(index)].match.root == m_inspector.subject();
    }

    // --- the step on show

    QString stepHtml(bool withCaptures) const {
        const int index = m_document.currentStep();
        if (index < 0)
            return {};
        const Trace& trace = *m_document.trace();
        const RewriteStep& step = trace.steps[static_cast<size_t>(index)];
        QString html;
        if (withCaptures)
            html = QStringLiteral("<h3>%1</h3><p>%2</p>%3")
                       .arg(escaped(step.rule), placeOf(trace, step), capturesHtml(trace, static_cast<size_t>(index)));
        for (const Diagnostic& warning : step.warnings)
            html += marked(QStringLiteral("⚠"), m_theme.changed, escaped(warning.str()));
        return html;
    }

    /// A stage of PyTorch's was compared with the one before, nothing was matched.
    QString placeOf(const Trace& trace, const RewriteStep& step) const {
        if (!m_document.isOfStage())
            return tr("matched at %1").arg(nodeLink(*trace.result, step.match.root));
        const QString made = tr("made by PyTorch; found by comparing it with the stage before");
        return step.match.root.valid() ? made + tr(", first at %1").arg(nodeLink(*trace.result, step.match.root))
                                       : made;
    }

    QString capturesHtml(const Trace& trace, size_t step) const {
        QString rows;
        for (const WhyCapture& capture : capturesOf(trace, step)) {
            QString swatch = QStringLiteral("&nbsp;");
            if (capture.colour >= 0 && !m_theme.captures.empty())
                swatch =
                    QStringLiteral("<span style='color:%1'>■</span>")
                        .arg(m_theme.captures[static_cast<size_t>(capture.colour) % m_theme.captures.size()].name());
            rows += QStringLiteral("<tr><td>%1&nbsp;</td><td class='faint'>%2&nbsp;&nbsp;</td><td>%3</td></tr>")
                        .arg(swatch, escaped(capture.name.toStdString()), capture.html);
        }
        return QStringLiteral("<table cellspacing='0' cellpadding='1'>%1</table>").arg(rows);
    }

    // --- a node and the patterns of a set

    /// What became of each pattern, with its nearest candidate to go on from.
    QString noSubjectHtml() const {
        QString html =
            faint(tr("Select a node, or one of these, to see what the patterns of %1 say of it.").arg(setName()));
        if (const auto candidates = m_inspector.candidates())
            for (const PatternCandidates& pattern : candidates->patterns)
                html += overviewHtml(*candidates->graph, pattern);
        return html;
    }

    static QString overviewHtml(const Graph& graph, const PatternCandidates& pattern) {
        const QString name = escaped(pattern.entry->name());
        if (pattern.list.empty())
            return QStringLiteral("<p><b>%1</b> <span class='faint'>%2</span></p>")
                .arg(name, htmlText(noCandidateText(pattern).toStdString()));
        const Candidate& nearest = pattern.list.front();
        const QString link = QStringLiteral("<a href='candidate:%1:%2'>%3</a>")
                                 .arg(nearest.anchor.index)
                                 .arg(name, escaped(graph[nearest.anchor].name));
        const bool matches = nearest.reason == Reason::Match;
        const QString how = matches ? tr("the first at %1").arg(link)
                                    : tr("the nearest is %1, %2").arg(link, fitText(nearest.matched, nearest.wanted));
        return QStringLiteral("<p><b>%1</b> %2; %3</p>").arg(name, matchesText(pattern), how);
    }

    static QString fitText(int matched, int wanted) { return tr("%1 of %2 nodes fit").arg(matched).arg(wanted); }

    QString setName() const { return escaped(m_inspector.set()->name).section(u'/', -1); }

    QString answerHtml() const {
        const auto answers = m_inspector.answers();
        if (!answers)
            return faint(tr("Comparing…"));
        const auto shown = m_inspector.answer();
        if (!shown)
            return startsNowhereHtml(*answers);
        const Explanation& explanation = shown->explanation;
        QString html = QStringLiteral("<h3>%1 <span class='faint'>%2</span> %3</h3>")
                           .arg(escaped(explanation.entry->name()), tr("at"), nodeLink(*answers->graph, answers->node));
        html += sentenceHtml(*shown) + causeHtml(*shown);
        for (const Caveat& caveat : shown->caveats)
            html += marked(QStringLiteral("⚠"), m_theme.changed,
                           tr("Not sound here (%1): %2").arg(escaped(caveat.code), escaped(caveat.sentence)));
        return html + lostHtml(*explanation.entry) + othersHtml(*answers, *shown);
    }

    QString sentenceHtml(const PatternAnswer& shown) const {
        const Explanation& e = shown.explanation;
        const bool matches = e.reason == Reason::Match;
        const QString phase = e.phase == 2 ? tr("phase two") : e.phase == 1 ? tr("phase one") : tr("not tried");
        const QString facts =
            QStringLiteral("<code>%1</code> · %2 · %3").arg(qs(name(e.reason)), phase, fitText(e.matched, e.wanted));
        QString html = marked(matches ? QStringLiteral("✓") : QStringLiteral("✗"),
                              matches ? m_theme.added : m_theme.error, escaped(e.sentence));
        if (m_inspector.whatIf().any())
            html += faint(tr("What if: %1 do not count (switched off under Patterns).").arg(switchedOff()));
        return html + faint(facts);
    }

    QString switchedOff() const {
        const WhatIf& off = m_inspector.whatIf();
        QStringList words;
        if (off.userCounts)
            words << tr("user counts");
        if (off.dtypes)
            words << tr("dtypes");
        if (off.mutationRegions)
            words << tr("mutations");
        if (off.recheck)
            words << tr("phase two");
        return words.join(tr(" and "));
    }

    static QString causeHtml(const PatternAnswer& shown) {
        QString html;
        if (!shown.cause.cause.empty())
            html += QStringLiteral("<p>%1</p>").arg(escaped(shown.cause.cause));
        if (!shown.cause.change.empty())
            html += QStringLiteral("<p><b>%1</b> %2.</p>").arg(tr("To match:"), escaped(shown.cause.change));
        return html;
    }

    static QString lostHtml(const PatternEntry& entry) {
        if (entry.lost.empty())
            return QStringLiteral("<p><a href='source:'>%1</a></p>").arg(tr("Source and traced form"));
        return QStringLiteral("<p>%1 <a href='source:'>%2</a></p>")
            .arg(countText(static_cast<qsizetype>(entry.lost.size()), tr("Tracing lost %1 call of this pattern."),
                           tr("Tracing lost %1 calls of this pattern.")),
                 tr("Source and traced form"));
    }

    QString othersHtml(const NodeAnswers& answers, const PatternAnswer& shown) const {
        QString rows;
        for (const auto& other : answers.patterns)
            if (other.get() != &shown) {
                const Explanation& e = other->explanation;
                const QString pattern = escaped(e.entry->name());
                rows += QStringLiteral("<p><a href='pattern:%1'>%1</a> <span class='faint'>%2, %3</span></p>")
                            .arg(pattern, qs(name(e.reason)), fitText(e.matched, e.wanted));
            }
        return rows.isEmpty() ? rows : QStringLiteral("<h4>%1</h4>").arg(tr("Other patterns here")) + rows;
    }

    /// No pattern of the set begins with such a node.
    QString startsNowhereHtml(const NodeAnswers& answers) const {
        const Node& node = (*answers.graph)[answers.node];
        QString html = QStringLiteral("<p>%1</p>")
                           .arg(tr("No pattern of %1 starts at %2 (%3).")
                                    .arg(setName(), nodeLink(*answers.graph, answers.node),
                                         escaped(std::string(node.target.shortName()))));
        html += QStringLiteral("<p class='faint'>%1").arg(tr("They start at:"));
        for (const auto& entry : answers.set->entries)
            html += QStringLiteral("<br><a href='pattern:%1'>%1</a> %2")
                        .arg(escaped(entry->name()), escaped(functionWords(entry->pattern.anchor())));
        return html + QStringLiteral("</p>");
    }

    // --- sets without trees: what the passes noted

    QString missesHtml() const {
        const Trace& trace = *m_document.trace();
        QString html;
        if (const NodeId node = m_document.selected(); node.valid())
            for (const WhyMiss& miss : missesAt(trace, node))
                html += missHtml(*trace.result, miss);
        if (!html.isEmpty())
            return QStringLiteral("<h4>%1</h4>").arg(tr("Why not here")) + html;
        if (m_document.currentStep() >= 0)
            return {};
        for (size_t pass = 0; pass < trace.passes.size(); ++pass)
            for (const WhyMiss& miss : missesOf(trace, pass, kMissesInList))
                html += missHtml(*trace.result, miss);
        if (html.isEmpty())
            return faint(tr("No rule came near a match here. Select a step to see what it matched."));
        return QStringLiteral("<h4>%1</h4>").arg(tr("Near misses")) + html;
    }

    static QString missHtml(const Graph& graph, const WhyMiss& miss) {
        const QString near = miss.wanted ? tr("%1 of %2 hold").arg(miss.matched).arg(miss.wanted) : QString();
        return QStringLiteral(
                   "<p><b>%1</b> at %2 &nbsp;<span class='faint'>%3 &nbsp;·&nbsp; <code>%4</code></span><br>%5</p>")
            .arg(miss.rule.isEmpty() ? miss.pass : miss.rule, nodeLink(graph, miss.node), near,
                 escaped(miss.code.toStdString()), escaped(miss.sentence.toStdString()));
    }

    const Document& m_document;
    const PatternInspector& m_inspector;
    const CanvasTheme& m_theme;
};

} // namespace

QString whyHtml(const Document& document, const CanvasTheme& theme) { return WhyText(document, theme).html(); }

} // namespace fxscope
