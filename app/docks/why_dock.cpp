// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/why_dock.h"

#include "app/docks/colours.h"
#include "app/document/document.h"
#include "app/models/format.h"
#include "app/models/node_info.h"

#include <QEvent>
#include <QUrl>

namespace fxscope {
namespace {

constexpr size_t kMissesShown = 20;

QString missHtml(const Graph& graph, const WhyMiss& miss) {
    const QString near = miss.wanted ? WhyDock::tr("%1 of %2 hold").arg(miss.matched).arg(miss.wanted) : QString();
    return QStringLiteral(
               "<p><b>%1</b> at %2 &nbsp;<span class='faint'>%3 &nbsp;·&nbsp; <code>%4</code></span><br>%5</p>")
        .arg(miss.rule.isEmpty() ? miss.pass : miss.rule, nodeLink(graph, miss.node), near,
             htmlText(miss.code.toStdString()), htmlText(miss.sentence.toStdString()));
}

} // namespace

WhyDock::WhyDock(Document* document, QWidget* parent) : QTextBrowser(parent), m_document(document) {
    setObjectName(QStringLiteral("whyDock"));
    setAccessibleName(tr("Why a rule matched or did not"));
    setOpenLinks(false);
    setFrameShape(QFrame::NoFrame);
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
        if (const NodeId node = nodeOfLink(link.toString()); node.valid())
            m_document->select(node);
    });
    connect(document, &Document::selectionChanged, this, &WhyDock::refresh);
    connect(document, &Document::stepChanged, this, &WhyDock::refresh);
    connect(document, &Document::traceChanged, this, &WhyDock::refresh);
    connect(document, &Document::graphChanged, this, &WhyDock::refresh);
    refresh();
}

void WhyDock::refresh() {
    document()->setDefaultStyleSheet(richTextStyle(palette()));
    if (!m_document->trace())
        return setHtml(
            QStringLiteral("<p class='faint'>%1</p>").arg(tr("Run passes to see why their rules match or do not.")));
    setHtml(stepHtml() + missesHtml());
}

QString WhyDock::stepHtml() const {
    if (m_document->currentStep() < 0)
        return {};
    const Trace& trace = *m_document->trace();
    const RewriteStep& step = trace.steps[static_cast<size_t>(m_document->currentStep())];
    const CanvasTheme theme = themeFor(palette());
    QString html = QStringLiteral("<h3>%1</h3><p>%2</p>")
                       .arg(htmlText(step.rule), tr("matched at %1").arg(nodeLink(*trace.result, step.match.root)));
    html += QStringLiteral("<table cellspacing='0' cellpadding='1'>");
    for (const WhyCapture& capture : capturesOf(trace, static_cast<size_t>(m_document->currentStep()))) {
        QString swatch = QStringLiteral("&nbsp;");
        if (capture.colour >= 0 && !theme.captures.empty())
            swatch = QStringLiteral("<span style='color:%1'>■</span>")
                         .arg(theme.captures[static_cast<size_t>(capture.colour) % theme.captures.size()].name());
        html += QStringLiteral("<tr><td>%1&nbsp;</td><td class='faint'>%2&nbsp;&nbsp;</td><td>%3</td></tr>")
                    .arg(swatch, htmlText(capture.name.toStdString()), capture.html);
    }
    html += QStringLiteral("</table>");
    for (const Diagnostic& warning : step.warnings)
        html += QStringLiteral("<p>⚠ %1</p>").arg(htmlText(warning.str()));
    return html;
}

QString WhyDock::missesHtml() const {
    const Trace& trace = *m_document->trace();
    const Graph& graph = *trace.result;
    const NodeId node = m_document->selected();
    QString html;
    if (node.valid())
        for (const WhyMiss& miss : missesAt(trace, node))
            html += missHtml(graph, miss);
    if (!html.isEmpty())
        return QStringLiteral("<h4>%1</h4>").arg(tr("Why not here")) + html;
    if (m_document->currentStep() >= 0)
        return {};
    for (size_t pass = 0; pass < trace.passes.size(); ++pass)
        for (const WhyMiss& miss : missesOf(trace, pass, kMissesShown))
            html += missHtml(graph, miss);
    if (html.isEmpty())
        return QStringLiteral("<p class='faint'>%1</p>")
            .arg(tr("No rule came near a match here. Select a step to see what it matched."));
    return QStringLiteral("<h4>%1</h4>").arg(tr("Near misses")) + html;
}

void WhyDock::changeEvent(QEvent* event) {
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refresh();
}

} // namespace fxscope
