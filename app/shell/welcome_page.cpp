// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/welcome_page.h"

#include "app/document/document.h"
#include "app/document/recent_files.h"
#include "app/models/format.h"
#include "core/support/resources.h"

#include <QCommandLinkButton>
#include <QDir>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace fxscope {
namespace {

constexpr int kRecentShown = 6, kColumnWidth = 380;

QLabel* heading(const QString& text, double scale) {
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * scale);
    font.setBold(true);
    label->setFont(font);
    return label;
}

QLabel* faint(const QString& text) {
    auto* label = new QLabel(text);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setWordWrap(true);
    return label;
}

/// Says by a frame that the keys go to it; Fusion draws none.
class SampleButton : public QCommandLinkButton {
public:
    using QCommandLinkButton::QCommandLinkButton;

protected:
    void paintEvent(QPaintEvent* event) override {
        QCommandLinkButton::paintEvent(event);
        if (!hasFocus())
            return;
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette().highlight(), 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
};

/// A dashed frame in the colours of the palette. (A style sheet would keep its children's palette at another theme.)
class DropArea : public QWidget {
protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette().mid(), 2, Qt::DashLine));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 8, 8);
    }
};

/// "~/models": the folder of a file as people write it.
QString folderOf(const QFileInfo& file) {
    const QString folder = file.absolutePath(), home = QDir::homePath();
    return folder == home || folder.startsWith(home + u'/') ? u'~' + folder.mid(home.size()) : folder;
}

} // namespace

SampleText sampleText(const QString& name) {
    const auto file = resource("samples/" + name.toStdString());
    const QStringList lines = qs(file.value_or(std::string_view{})).split(u'\n');
    const auto comment = [&](int line) {
        return line < lines.size() && lines[line].startsWith(u"# ") ? lines[line].mid(2) : QString();
    };
    // the first line is the licence
    return {comment(1).isEmpty() ? name : comment(1), comment(2)};
}

WelcomePage::WelcomePage(QWidget* parent) : QWidget(parent), m_recent(new QVBoxLayout) {
    auto* samples = makeSamples();
    auto* right = new QVBoxLayout;
    right->setSpacing(4);
    right->addWidget(heading(tr("Recent"), 1.15));
    right->addLayout(m_recent);
    right->addSpacing(16);
    right->addWidget(makeDropArea());
    right->addStretch(1);
    auto* rightBox = new QWidget;
    rightBox->setLayout(right);
    right->setContentsMargins(0, 0, 0, 0);
    rightBox->setFixedWidth(kColumnWidth);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(40);
    columns->addWidget(samples, 0, Qt::AlignTop);
    columns->addWidget(rightBox, 0, Qt::AlignTop);
    auto* content = new QVBoxLayout;
    content->addWidget(heading(QStringLiteral("fxscope"), 2.2));
    content->addWidget(
        faint(tr("See what a compiler pass does to an FX graph: every rewrite, why it matched or did not,\n"
                 "and whether the values stay the same.")));
    content->addSpacing(20);
    content->addLayout(columns);
    auto* grid = new QGridLayout(this);
    grid->setRowStretch(0, 1);
    grid->setRowStretch(2, 2);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(2, 1);
    grid->addLayout(content, 1, 1);
    refreshRecent();
}

QWidget* WelcomePage::makeSamples() {
    auto* box = new QWidget;
    box->setFixedWidth(kColumnWidth);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(heading(tr("Try a sample"), 1.15));
    for (const QString& name : Document::samples()) {
        const SampleText text = sampleText(name);
        auto* button = new SampleButton(text.title, text.shows);
        button->setObjectName(QStringLiteral("sample:") + name);
        button->setIcon({});
        connect(button, &QCommandLinkButton::clicked, this, [this, name] { emit sampleWanted(name); });
        column->addWidget(button);
    }
    return box;
}

QWidget* WelcomePage::makeDropArea() {
    auto* area = new DropArea;
    area->setObjectName(QStringLiteral("dropArea"));
    auto* text = faint(tr("Drop a file or a folder anywhere in this window:\nprinted graphs (.txt, .py) or "
                          "torch.export archives (.pt2)"));
    text->setAlignment(Qt::AlignCenter);
    auto* open = new QPushButton(tr("Open…"));
    open->setObjectName(QStringLiteral("welcomeOpen"));
    connect(open, &QPushButton::clicked, this, &WelcomePage::openWanted);
    auto* column = new QVBoxLayout(area);
    column->setContentsMargins(16, 20, 16, 20);
    column->setSpacing(12);
    column->addWidget(text);
    column->addWidget(open, 0, Qt::AlignHCenter);
    return area;
}

void WelcomePage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refreshRecent(); // its colours are in its text
}

void WelcomePage::refreshRecent() {
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QStringList files = RecentFiles::list().mid(0, kRecentShown);
    if (files.isEmpty())
        m_recent->addWidget(faint(tr("Files that you open appear here.")));
    for (const QString& path : files) {
        const QFileInfo file(path);
        const int room = kColumnWidth - fontMetrics().horizontalAdvance(file.fileName() + QStringLiteral("mm"));
        const QString folder = fontMetrics().elidedText(folderOf(file), Qt::ElideMiddle, std::max(0, room));
        auto* link =
            new QLabel(QStringLiteral("<a href='%1' style='text-decoration:none'>%2</a>&nbsp; <span style='color:%3'>%4"
                                      "</span>")
                           .arg(path.toHtmlEscaped(), file.fileName().toHtmlEscaped(),
                                palette().color(QPalette::PlaceholderText).name(), folder.toHtmlEscaped()));
        link->setToolTip(path);
        link->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
        connect(link, &QLabel::linkActivated, this, [this, path] { emit fileWanted(path); });
        m_recent->addWidget(link);
    }
}

} // namespace fxscope
