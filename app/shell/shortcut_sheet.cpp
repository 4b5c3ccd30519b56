// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/shortcut_sheet.h"

#include "app/shell/actions.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace fxscope {
namespace {

const std::pair<const char*, const char*> kMouse[] = {
    {"wheel, Shift+wheel", "scroll, sideways"},
    {"Ctrl+wheel", "zoom about the cursor"},
    {"drag on empty, middle drag", "pan"},
    {"click, click on empty", "select, select nothing"},
    {"hover", "the value's edges stand out"},
    {"arrow keys on the graph", "walk to neighbours"},
    {"Up, Down in Passes", "previous, next pass or step"},
    {"drop a file or folder", "open it"},
};

QString row(const QString& keys, const QString& what) {
    return QStringLiteral("<tr><td><b>%1</b>&nbsp;&nbsp;&nbsp;</td><td>%2</td></tr>").arg(keys, what);
}

QString heading(const QString& text) { return QStringLiteral("<tr><td colspan='2'><h4>%1</h4></td></tr>").arg(text); }

QString keysOf(const QAction& action) {
    QStringList keys;
    for (const QKeySequence& sequence : action.shortcuts())
        keys << sequence.toString(QKeySequence::NativeText).toHtmlEscaped();
    return keys.join(QStringLiteral(", "));
}

} // namespace

ShortcutSheet::ShortcutSheet(Actions* actions, QWidget* parent) : QDialog(parent), m_actions(actions) {
    setObjectName(QStringLiteral("shortcutSheet"));
    setWindowTitle(tr("Keys"));
    resize(620, 640);
    auto* text = new QTextBrowser;
    text->setHtml(html());
    auto* presets = new QComboBox;
    presets->addItems(Actions::presets());
    presets->setCurrentText(actions->preset());
    connect(presets, &QComboBox::currentTextChanged, this, [this, text](const QString& name) {
        m_actions->usePreset(name);
        text->setHtml(html());
    });
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(new QLabel(tr("Preset")));
    bottom->addWidget(presets);
    bottom->addStretch(1);
    bottom->addWidget(buttons);
    auto* column = new QVBoxLayout(this);
    column->addWidget(text, 1);
    column->addLayout(bottom);
}

QString ShortcutSheet::html() const {
    QString html = QStringLiteral("<table cellspacing='0' cellpadding='2'>");
    QString menu;
    for (const ActionSpec& spec : actionTable()) {
        const QAction* action = (*m_actions)[spec.id];
        if (action->shortcuts().isEmpty())
            continue;
        const QString group = QString::fromUtf8(spec.menu);
        if (!group.isEmpty() && group != menu)
            html += heading(menu = group);
        const QString text = action->text().remove(u'&').remove(u'…');
        html += row(keysOf(*action),
                    action->statusTip().isEmpty() ? text : text + QStringLiteral(": ") + action->statusTip());
    }
    html += heading(tr("Mouse"));
    for (const auto& [gesture, what] : kMouse)
        html += row(QString::fromUtf8(gesture), QString::fromUtf8(what));
    return html + QStringLiteral("</table>");
}

} // namespace fxscope
