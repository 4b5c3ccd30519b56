// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/locator.h"

#include "app/docks/highlight_delegate.h"
#include "app/document/document.h"
#include "app/document/recent_files.h"
#include "app/models/format.h"
#include "app/models/fuzzy.h"
#include "app/shell/actions.h"

#include <QApplication>
#include <QFileInfo>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace fxscope {
namespace {

constexpr size_t kLocated = 100, kNodesPerLook = 4096;
constexpr int kWidest = 680, kHeight = 420, kFromTop = 64;
const char kLocateTag[] = "locate";

/// Whether the letters (lower case, ASCII) are in the name in this order: what most of 100,000 names lack.
bool hasLetters(const std::string& name, const std::string& letters) {
    size_t next = 0;
    for (size_t i = 0; i < name.size() && next < letters.size(); ++i) {
        const char c = name[i];
        next += (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == letters[next];
    }
    return next == letters.size();
}

Highlights highlightsOf(const FuzzyMatch& match) {
    Highlights list;
    for (const int at : match.places)
        if (!list.isEmpty() && list.back().first + list.back().second == at)
            ++list.back().second;
        else
            list << std::pair(at, 1);
    return list;
}

QString withoutMnemonic(QString text) { return text.remove(u'&').remove(u'…'); }

} // namespace

std::vector<Located> locate(const std::vector<LocatorEntry>& entries, const Graph* graph, const QString& text,
                            size_t limit, const Cancel& cancel) {
    std::vector<Located> found;
    const QString wanted = text.trimmed().toLower();
    for (size_t i = 0; i < entries.size(); ++i)
        if (const int score = wanted.isEmpty() ? 0 : fuzzyMatch(entries[i].text, wanted).score; score >= 0)
            found.push_back({score, static_cast<int>(i), {}});
    const std::string letters = QString(wanted).remove(u' ').toStdString();
    size_t looked = 0;
    if (graph && !wanted.isEmpty())
        for (const NodeId id : graph->order()) {
            if (++looked % kNodesPerLook == 0 && cancel.requested())
                break;
            const std::string& name = (*graph)[id].name;
            if (!hasLetters(name, letters))
                continue;
            if (const FuzzyMatch match = fuzzyMatch(qs(name), wanted); match.ok())
                found.push_back({match.score, -1, id});
        }
    const auto better = [](const Located& a, const Located& b) { // entries come first, nodes in list order
        return a.score != b.score ? a.score > b.score
                                  : std::pair(static_cast<unsigned>(a.entry), a.node) <
                                        std::pair(static_cast<unsigned>(b.entry), b.node);
    };
    const size_t kept = std::min(limit, found.size());
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(), better);
    found.resize(kept);
    return found;
}

// --- rows

void LocatorModel::setRows(std::vector<Row> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int LocatorModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant LocatorModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& shown = row(index.row());
    const bool isText = index.column() == TextColumn;
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
        return isText ? shown.text : shown.detail;
    return role == HighlightRole && isText ? QVariant::fromValue(shown.highlights) : QVariant();
}

// --- the line and its list

Locator::Locator(Document* document, Actions* actions, QWidget* window)
    : QFrame(window), m_document(document), m_actions(actions), m_model(new LocatorModel(this)), m_text(new QLineEdit),
      m_list(new QTreeView) {
    setObjectName(QStringLiteral("locator"));
    setAccessibleName(tr("Locator"));
    setFrameShape(StyledPanel);
    setFrameShadow(Raised);
    setAutoFillBackground(true);
    m_text->setObjectName(QStringLiteral("locatorText"));
    m_text->setAccessibleName(tr("Go to"));
    m_text->setPlaceholderText(tr("node, pass, pattern, graph, file or command"));
    m_text->installEventFilter(this);
    m_list->setObjectName(QStringLiteral("locatorList"));
    m_list->setAccessibleName(tr("Where to"));
    m_list->setModel(m_model);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setHeaderHidden(true);
    m_list->setFrameShape(NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus); // the line keeps it
    m_list->setItemDelegate(new HighlightDelegate(LocatorModel::HighlightRole, this));
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(LocatorModel::TextColumn, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(LocatorModel::DetailColumn, QHeaderView::ResizeToContents);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addWidget(m_text);
    column->addWidget(m_list, 1);
    connect(m_text, &QLineEdit::textChanged, this, &Locator::search);
    connect(m_list, &QTreeView::clicked, this, &Locator::goTo);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        if (isVisible() && now && now != this && !isAncestorOf(now)) {
            m_focus = nullptr; // it went where it was sent
            leave();
        }
    });
    window->installEventFilter(this);
    hide();
}

void Locator::open() {
    if (!isVisible())
        m_focus = QApplication::focusWidget();
    collect();
    place();
    show();
    raise();
    m_text->selectAll();
    m_text->setFocus();
    search();
}

void Locator::leave() {
    m_document->jobs().cancel(QLatin1String(kLocateTag));
    m_goSoon = false;
    hide();
    if (m_focus)
        m_focus->setFocus();
}

void Locator::place() {
    const QWidget* window = parentWidget();
    const int width = std::min(kWidest, window->width() - 40);
    setGeometry((window->width() - width) / 2, kFromTop, width, std::min(kHeight, window->height() - 2 * kFromTop));
}

// --- what there is

void Locator::collect() {
    Entries entries;
    addFiles(entries);
    addPasses(entries);
    addCommands(entries);
    m_entries = std::make_shared<const Entries>(std::move(entries));
}

void Locator::addFiles(Entries& entries) {
    QStringList open;
    for (size_t file = 0; file < m_document->files().size(); ++file) {
        const OpenFile& each = m_document->files()[file];
        open << each.path;
        for (size_t entry = 0; entry < each.capture.graphs.size(); ++entry) {
            const QString id = qs(each.capture.graphs[entry].id);
            entries.push_back({each.capture.graphs.size() == 1 ? each.title : each.title + QStringLiteral("  ·  ") + id,
                               tr("open graph"), [this, file, entry] {
                                   if (file < m_document->files().size())
                                       m_document->showEntry(static_cast<int>(file), static_cast<int>(entry));
                               }});
        }
    }
    for (const QString& path : RecentFiles::list())
        if (!open.contains(path))
            entries.push_back(
                {QFileInfo(path).fileName(), tr("recent file"), [this, path] { m_document->open(path); }});
}

void Locator::addPasses(Entries& entries) {
    const auto trace = m_document->trace();
    for (size_t pass = 0; trace && pass < trace->passes.size(); ++pass)
        entries.push_back({qs(trace->passes[pass].pass), tr("pass"), [this, pass] {
                               m_document->showPass(pass);
                               emit panelWanted(QStringLiteral("Passes"));
                           }});
    if (const auto set = m_document->inspector().set())
        for (const auto& pattern : set->entries)
            entries.push_back({qs(pattern->name()), tr("pattern"), [this, name = qs(pattern->name())] {
                                   m_document->inspector().choosePattern(name);
                                   emit panelWanted(QStringLiteral("Patterns"));
                               }});
}

void Locator::addCommands(Entries& entries) {
    for (const ActionSpec& spec : actionTable()) {
        QAction* action = (*m_actions)[spec.id];
        if (!action->isEnabled() || QByteArrayView(spec.id) == QByteArrayView("edit.locate"))
            continue;
        const QString key = action->shortcut().toString(QKeySequence::NativeText);
        entries.push_back({withoutMnemonic(action->text()),
                           key.isEmpty() ? tr("command") : tr("command") + QStringLiteral("  ") + key,
                           [action] { action->trigger(); }});
    }
}

// --- looking and going

/// A job: the list of the text before stays until it is done.
void Locator::search() {
    if (!isVisible())
        return;
    const QString text = m_text->text();
    m_document->jobs().start(
        QLatin1String(kLocateTag), tr("Locating"),
        [entries = m_entries, graph = m_document->after(), text](const Cancel& cancel) {
            return locate(*entries, graph.get(), text, kLocated, cancel);
        },
        this, [this, text](const std::vector<Located>& list) { takeLocated(list, text); });
}

void Locator::takeLocated(const std::vector<Located>& list, const QString& text) {
    if (!isVisible())
        return;
    const QString wanted = text.trimmed().toLower();
    std::vector<LocatorModel::Row> rows;
    for (const Located& each : list) {
        LocatorModel::Row row;
        if (each.entry >= 0) {
            const LocatorEntry& entry = (*m_entries)[static_cast<size_t>(each.entry)];
            row = {entry.text, entry.detail, {}, entry.go};
        } else if (const auto graph = m_document->versionWith(each.node)) {
            const Node& node = (*graph)[each.node];
            const bool isCall = node.op != Op::Placeholder && node.op != Op::Output; // else its target is its name
            row = {qs(node.name), qs(isCall ? node.target.shortName() : name(node.op)), {}, [this, id = each.node] {
                       m_document->select(id);
                   }};
        }
        row.highlights = highlightsOf(fuzzyMatch(row.text, wanted));
        rows.push_back(std::move(row));
    }
    if (rows.empty())
        rows.push_back({tr("Nothing is called so"), {}, {}, {}});
    m_model->setRows(std::move(rows));
    m_list->setCurrentIndex(m_model->index(0, 0));
    if (std::exchange(m_goSoon, false))
        goTo(m_list->currentIndex());
}

void Locator::goTo(const QModelIndex& row) {
    if (!row.isValid() || !m_model->row(row.row()).go)
        return;
    const auto go = m_model->row(row.row()).go;
    leave();
    go();
}

bool Locator::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched == m_text && event->type() == QEvent::KeyPress)
        return takeKey(static_cast<QKeyEvent*>(event)->key()) || QFrame::eventFilter(watched, event);
    return QFrame::eventFilter(watched, event);
}

bool Locator::takeKey(int key) {
    const int page = std::max(1, m_list->viewport()->height() / std::max(1, m_list->sizeHintForRow(0)));
    const auto move = [this](int rows) {
        const int row = std::clamp(m_list->currentIndex().row() + rows, 0, std::max(0, m_model->rowCount() - 1));
        m_list->setCurrentIndex(m_model->index(row, 0));
        return true;
    };
    switch (key) {
    case Qt::Key_Up: return move(-1);
    case Qt::Key_Down: return move(1);
    case Qt::Key_PageUp: return move(-page);
    case Qt::Key_PageDown: return move(page);
    case Qt::Key_Escape: leave(); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_document->jobs().isRunning(QLatin1String(kLocateTag)))
            m_goSoon = true;
        else
            goTo(m_list->currentIndex());
        return true;
    default: return false;
    }
}

} // namespace fxscope
