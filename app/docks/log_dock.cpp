// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/log_dock.h"

#include "app/document/document.h"
#include "app/models/format.h"
#include "core/support/text.h"

namespace fxscope {
namespace {

QString lineOf(const LogLine& line) {
    static const char* const words[] = {QT_TR_NOOP("error"), QT_TR_NOOP("warning"), QT_TR_NOOP("note")};
    return QStringLiteral("%1  %2  %3")
        .arg(line.when.toString(QStringLiteral("HH:mm:ss.zzz")),
             LogDock::tr(words[static_cast<int>(line.what.severity)]).leftJustified(8),
             qs(displayText(line.what.str())));
}

} // namespace

LogDock::LogDock(Document* document, QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName(QStringLiteral("logDock"));
    setAccessibleName(tr("Log"));
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setMaximumBlockCount(10000);
    setPlaceholderText(tr("Warnings, notes and errors appear here."));
    for (const LogLine& line : document->log())
        appendPlainText(lineOf(line));
    connect(document, &Document::logged, this, [this](const LogLine& line) { appendPlainText(lineOf(line)); });
}

} // namespace fxscope
