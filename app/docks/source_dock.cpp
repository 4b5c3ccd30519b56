// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/source_dock.h"

#include "app/docks/colours.h"
#include "app/document/document.h"
#include "app/models/format.h"
#include "app/models/pattern_text.h"

#include <QEvent>
#include <QTextBrowser>

namespace fxscope {
namespace {

QString preformatted(const QString& html) {
    return QStringLiteral("<pre style='white-space: pre-wrap'>%1</pre>").arg(html);
}

QString tracedHtml(const PatternEntry& entry, const CanvasTheme& theme) {
    QString html;
    for (const PatternLine& line : tracedCalls(entry)) {
        const QString text = htmlText(line.text.toStdString());
        html += line.isLost
                    ? QStringLiteral("<span style='color:%1'>− <s>%2</s></span>\n").arg(theme.removed.name(), text)
                    : QStringLiteral("  %1\n").arg(text);
    }
    html = preformatted(html);
    for (const LostCall& call : entry.lost)
        html += QStringLiteral("<p><span style='color:%1'><b>−</b></span> %2</p>")
                    .arg(theme.removed.name(),
                         SourceDock::tr("%1 is lost: %2.").arg(htmlText(call.target), htmlText(call.why)));
    for (const Diagnostic& note : entry.notes)
        html += QStringLiteral("<p>⚠ %1.</p>").arg(htmlText(note.what));
    return html + QStringLiteral("<h4>%1</h4>").arg(SourceDock::tr("What the matcher looks for")) +
           preformatted(htmlText(printPattern(entry.pattern)));
}

} // namespace

SourceDock::SourceDock(Document* document, QWidget* parent)
    : QSplitter(Qt::Horizontal, parent), m_document(document), m_source(new QTextBrowser), m_traced(new QTextBrowser) {
    setObjectName(QStringLiteral("sourceDock"));
    m_source->setObjectName(QStringLiteral("patternSource"));
    m_source->setAccessibleName(tr("The pattern as its file has it"));
    m_traced->setObjectName(QStringLiteral("patternTraced"));
    m_traced->setAccessibleName(tr("The pattern as it was traced"));
    for (QTextBrowser* side : {m_source, m_traced}) {
        side->setFrameShape(QFrame::NoFrame);
        side->setLineWrapMode(QTextEdit::WidgetWidth);
        addWidget(side);
    }
    setChildrenCollapsible(false);
    connect(&document->inspector(), &PatternInspector::setChanged, this, &SourceDock::refresh);
    connect(&document->inspector(), &PatternInspector::patternChanged, this, &SourceDock::refresh);
    refresh();
}

/// Only where somebody looks: telling what tracing lost means to trace.
void SourceDock::refresh() {
    if (!isVisible())
        return;
    const CanvasTheme theme = themeFor(palette());
    for (QTextBrowser* side : {m_source, m_traced})
        side->document()->setDefaultStyleSheet(richTextStyle(palette()));
    const PatternEntry* entry = m_document->inspector().entry();
    m_traced->setVisible(entry != nullptr);
    if (!entry)
        return m_source->setHtml(QStringLiteral("<p class='faint'>%1</p>")
                                     .arg(tr("A pattern of a traced set shows its source and its traced form here.")));
    m_source->setHtml(QStringLiteral("<h4>%1</h4>").arg(tr("%1, as written").arg(htmlText(entry->name()))) +
                      preformatted(htmlText(patternSource(*entry).toStdString())));
    m_traced->setHtml(QStringLiteral("<h4>%1</h4>").arg(tr("As traced")) + tracedHtml(*entry, theme));
}

void SourceDock::showEvent(QShowEvent* event) {
    QSplitter::showEvent(event);
    refresh();
}

void SourceDock::changeEvent(QEvent* event) {
    QSplitter::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refresh();
}

} // namespace fxscope
