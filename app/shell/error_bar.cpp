// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/error_bar.h"

#include "app/models/format.h"
#include "app/shell/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

namespace fxscope {

ErrorBar::ErrorBar(QWidget* parent) : QFrame(parent), m_sign(new QLabel), m_text(new QLabel) {
    setObjectName(QStringLiteral("errorBar"));
    setAccessibleName(tr("Error"));
    m_sign->setPixmap(style()->standardIcon(QStyle::SP_MessageBoxWarning).pixmap(18, 18));
    m_text->setObjectName(QStringLiteral("errorText"));
    m_text->setTextFormat(Qt::RichText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextBrowserInteraction);
    connect(m_text, &QLabel::linkActivated, this, &ErrorBar::logWanted);
    auto* close = new QToolButton;
    close->setObjectName(QStringLiteral("errorClose"));
    close->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
    close->setAutoRaise(true);
    close->setToolTip(tr("Close"));
    close->setAccessibleName(tr("Close message"));
    connect(close, &QToolButton::clicked, this, &ErrorBar::clear);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 6, 6, 6);
    row->setSpacing(8);
    row->addWidget(m_sign, 0, Qt::AlignTop);
    row->addWidget(m_text, 1);
    row->addWidget(close, 0, Qt::AlignTop);
    colour();
    hide();
}

void ErrorBar::show(const Diagnostic& problem) {
    m_more = isVisible() ? m_more + 1 : 0;
    QString html = problem.where.empty() ? QString() : QStringLiteral("<b>%1</b>: ").arg(htmlText(problem.where));
    html += htmlText(problem.what);
    if (!problem.next.empty())
        html += QStringLiteral("<br>") + htmlText(problem.next);
    if (m_more)
        html += QStringLiteral("<br><i>") +
                countText(m_more, tr("%1 earlier error: <a href='log'>see Log</a>"),
                          tr("%1 earlier errors: <a href='log'>see Log</a>")) +
                QStringLiteral("</i>");
    m_text->setText(html);
    setVisible(true);
}

void ErrorBar::clear() {
    hide();
    m_more = 0;
}

QString ErrorBar::text() const { return m_text->text(); }

void ErrorBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange)
        colour();
    QFrame::changeEvent(event);
}

void ErrorBar::colour() {
    const bool dark = isDark(palette());
    const QString sheet = QStringLiteral("#errorBar { background: %1; border: 0; border-bottom: 1px solid %2; }")
                              .arg(dark ? QStringLiteral("#4a2626") : QStringLiteral("#fdecea"),
                                   dark ? QStringLiteral("#8a4a4a") : QStringLiteral("#e2a9a3"));
    if (styleSheet() != sheet)
        setStyleSheet(sheet);
}

} // namespace fxscope
