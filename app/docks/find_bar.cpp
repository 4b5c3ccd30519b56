// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/find_bar.h"

#include "app/docks/highlight_delegate.h"
#include "app/document/document.h"
#include "app/models/format.h"
#include "app/models/hits_model.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTableView>
#include <QToolButton>

#include <algorithm>

namespace fxscope {
namespace {

constexpr int kRowsInSight = 8, kRowPadding = 6;
constexpr int kColumnShares[] = {26, 26, 20, 28}; ///< in hundredths of the width

struct FindForm {
    const char *shown, *typed, *meaning;
};
constexpr FindForm kForms[] = {
    {"gelu", "", QT_TRANSLATE_NOOP("FindBar", "part of a node's name or target")},
    {"op:index", "op:", QT_TRANSLATE_NOOP("FindBar", "part of the target")},
    {"shape:8,64",
     "shape:", QT_TRANSLATE_NOOP("FindBar", "these sizes side by side, * for any; shape:[8,64] the whole")},
    {"dtype:f32", "dtype:", QT_TRANSLATE_NOOP("FindBar", "element type, also dtype:float32")},
    {"arg:dim=1", "arg:", QT_TRANSLATE_NOOP("FindBar", "part of an argument, keyword ones as name=value")},
    {"users>2", "users>", QT_TRANSLATE_NOOP("FindBar", "number of users, also < = >= <=")},
    {"module:layers.0", "module:", QT_TRANSLATE_NOOP("FindBar", "part of a module's path or class")},
    {"is:changed",
     "is:", QT_TRANSLATE_NOOP("FindBar", "by the step on show; also added, removed, placeholder, output, dead")},
    {"/^add_\\d+$/", "/", QT_TRANSLATE_NOOP("FindBar", "a regular expression on name or target")},
    {"-op:view", "-", QT_TRANSLATE_NOOP("FindBar", "not so; parts with spaces between them must all hold")},
};

QToolButton* findButton(const QString& name, const QString& tip) {
    auto* button = new QToolButton;
    button->setAutoRaise(true);
    button->setAccessibleName(name);
    button->setToolTip(tip);
    return button;
}

void styleTable(QTableView* table) {
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->setFrameShape(QFrame::NoFrame);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + kRowPadding);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setStretchLastSection(true);
}

} // namespace

FindBar::FindBar(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_model(new HitsModel(this)), m_text(new QLineEdit), m_count(new QLabel),
      m_message(new QLabel), m_below(new QStackedWidget), m_hits(new QTableView), m_forms(new QTableView) {
    makeForms();
    makeHits();
    makeMessage();
    for (QWidget* page :
         {static_cast<QWidget*>(m_forms), static_cast<QWidget*>(m_hits), static_cast<QWidget*>(m_message)})
        m_below->addWidget(page);
    m_below->setFrameShape(QFrame::StyledPanel);
    m_below->setFixedHeight(m_hits->horizontalHeader()->sizeHint().height() +
                            kRowsInSight * m_hits->verticalHeader()->defaultSectionSize() + 2 * m_below->frameWidth());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeLine());
    column->addWidget(m_below);
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString& text) { m_document->find(text, this); });
    connect(document, &Document::hitsChanged, this, &FindBar::showFound);
    connect(document, &Document::selectionChanged, this, &FindBar::showSelected);
    hide();
}

QWidget* FindBar::makeLine() {
    m_text->setObjectName(QStringLiteral("findText"));
    m_text->setAccessibleName(tr("Find nodes"));
    m_text->setPlaceholderText(tr("name, op:index, shape:8,64, users>2, /regex/"));
    m_text->setClearButtonEnabled(true);
    m_text->installEventFilter(this);
    m_count->setObjectName(QStringLiteral("findCount"));
    m_count->setAccessibleName(tr("Number of hits"));
    QToolButton* previous = findButton(tr("Previous hit"), tr("Previous hit (Shift+Enter)"));
    previous->setArrowType(Qt::UpArrow);
    QToolButton* next = findButton(tr("Next hit"), tr("Next hit (Enter)"));
    next->setArrowType(Qt::DownArrow);
    QToolButton* only = findButton(tr("Only hits"), tr("Dim all nodes but the hits"));
    only->setObjectName(QStringLiteral("hitsOnly"));
    only->setText(tr("Only hits"));
    only->setCheckable(true);
    QToolButton* close = findButton(tr("Leave Find"), tr("Leave Find (Esc)"));
    close->setText(QStringLiteral("✕"));
    connect(previous, &QToolButton::clicked, this, [this] { m_document->nextHit(-1); });
    connect(next, &QToolButton::clicked, this, [this] { m_document->nextHit(1); });
    connect(only, &QToolButton::toggled, m_document, &Document::setHitsOnly);
    connect(m_document, &Document::hitsOnlyChanged, only, [this, only] {
        if (m_document->found())
            only->setChecked(m_document->hitsOnly());
    });
    connect(close, &QToolButton::clicked, this, &FindBar::leave);
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(8, 4, 8, 4);
    row->addWidget(new QLabel(tr("Find")));
    row->addWidget(m_text, 1);
    for (QWidget* part : {static_cast<QWidget*>(m_count), static_cast<QWidget*>(previous), static_cast<QWidget*>(next),
                          static_cast<QWidget*>(only), static_cast<QWidget*>(close)})
        row->addWidget(part);
    return line;
}

void FindBar::makeForms() {
    auto* forms = new QStandardItemModel(0, 2, this);
    for (const FindForm& form : kForms) {
        auto* shown = new QStandardItem(QString::fromUtf8(form.shown));
        shown->setData(QString::fromUtf8(form.typed));
        forms->appendRow({shown, new QStandardItem(tr(form.meaning))});
    }
    m_forms->setModel(forms);
    m_forms->setObjectName(QStringLiteral("findForms"));
    m_forms->setAccessibleName(tr("What can be found"));
    styleTable(m_forms);
    m_forms->horizontalHeader()->hide();
    m_forms->setColumnWidth(0, m_forms->fontMetrics().horizontalAdvance(QStringLiteral("module:layers.0 WW")));
    m_forms->installEventFilter(this);
    connect(m_forms, &QTableView::clicked, this, &FindBar::useForm);
}

void FindBar::makeHits() {
    m_hits->setModel(m_model);
    m_hits->setObjectName(QStringLiteral("findHits"));
    m_hits->setAccessibleName(tr("Hits"));
    m_hits->setItemDelegate(new HighlightDelegate(HitsModel::HighlightRole, this));
    styleTable(m_hits);
    m_hits->installEventFilter(this);
    connect(m_hits->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &FindBar::chooseRow);
    connect(m_hits, &QTableView::clicked, this, &FindBar::chooseRow);
}

void FindBar::makeMessage() {
    m_message->setObjectName(QStringLiteral("findMessage"));
    m_message->setWordWrap(true);
    m_message->setMargin(10);
    m_message->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_message->setTextFormat(Qt::RichText);
    m_message->setTextInteractionFlags(Qt::TextBrowserInteraction);
    m_message->setBackgroundRole(QPalette::Base);
    m_message->setAutoFillBackground(true);
    connect(m_message, &QLabel::linkActivated, this, [this](const QString& query) {
        m_text->setText(query);
        m_text->setFocus();
    });
}

void FindBar::open() {
    show();
    m_text->setFocus();
    m_text->selectAll();
    m_document->find(m_text->text(), this);
}

void FindBar::leave() {
    hide();
    m_document->find({}, this);
    if (parentWidget())
        parentWidget()->setFocus();
}

void FindBar::useForm(const QModelIndex& form) {
    m_text->setText(form.siblingAtColumn(0).data(Qt::UserRole + 1).toString());
    m_text->setFocus();
}

// --- what was found

void FindBar::showFound() {
    const auto found = m_document->found();
    if (isVisible() || !found) {
        const QScopedValueRollback following(m_following, true);
        m_model->setFound(found);
    }
    const QString message = messageText();
    m_message->setText(message);
    if (m_text->text().trimmed().isEmpty())
        m_below->setCurrentWidget(m_forms);
    else if (!message.isEmpty())
        m_below->setCurrentWidget(m_message);
    else if (found && !found->hits.empty())
        m_below->setCurrentWidget(m_hits);
    showSelected();
}

/// Empty: there are hits, or they are still being found.
QString FindBar::messageText() const {
    if (!m_document->findProblem().isEmpty())
        return m_document->findProblem().toHtmlEscaped();
    const auto found = m_document->found();
    if (!found || !found->complete || !found->hits.empty())
        return {};
    QStringList links;
    for (const QString& query : found->miss.instead)
        links << QStringLiteral("<a href=\"%1\">%1</a>").arg(query.toHtmlEscaped());
    QString text = found->miss.text.toHtmlEscaped();
    if (!links.isEmpty())
        text += QStringLiteral("<br><br>") + tr("Did you mean %1?").arg(links.join(QStringLiteral(", ")));
    return text;
}

void FindBar::showSelected() {
    showCount();
    if (m_following || !isVisible())
        return;
    const QScopedValueRollback following(m_following, true);
    const int row = m_model->rowOf(m_document->selected());
    if (row >= 0 && row != m_hits->currentIndex().row()) {
        m_hits->setCurrentIndex(m_model->index(row, 0));
        m_hits->scrollTo(m_model->index(row, 0));
    } else if (row < 0) {
        m_hits->selectionModel()->clear();
    }
}

void FindBar::showCount() {
    const auto& hits = m_document->hits();
    const auto at = std::find(hits.begin(), hits.end(), m_document->selected());
    if (!m_document->found())
        m_count->clear();
    else if (hits.empty())
        m_count->setText(tr("no node"));
    else if (at == hits.end())
        m_count->setText(nodesText(static_cast<qsizetype>(hits.size())));
    else
        m_count->setText(tr("%1 of %2").arg(at - hits.begin() + 1).arg(hits.size()) +
                         (m_shown && !m_shown(*at) ? tr(", hidden") : QString()));
    if (const auto found = m_document->found(); found && found->complete && found->query.gaveUp() > 0)
        m_count->setText(m_count->text() + tr(", %1 took too long").arg(found->query.gaveUp()));
    m_count->setToolTip(at != hits.end() && m_shown && !m_shown(*at) ? tr("Show All brings hidden nodes back")
                                                                     : QString());
}

void FindBar::chooseRow(const QModelIndex& row) {
    if (m_following || !row.isValid())
        return;
    const QScopedValueRollback following(m_following, true);
    m_document->select(m_model->node(row.row()), this);
}

// --- keys

bool FindBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return QWidget::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    const bool isOurs = key->modifiers() == Qt::ControlModifier &&
                        (key->key() == Qt::Key_Left || key->key() == Qt::Key_Right || key->key() == Qt::Key_K);
    if (event->type() == QEvent::KeyPress)
        return takeKey(watched, key) || QWidget::eventFilter(watched, event);
    if (watched != m_text && !key->text().isEmpty() && key->text()[0].isPrint() && key->modifiers() == Qt::NoModifier)
        key->accept(); // typing goes on in the line, see takeKey
    return isOurs;     // Ctrl+Right steps and Ctrl+K goes to from anywhere; the line would edit
}

bool FindBar::takeKey(QObject* watched, QKeyEvent* key) {
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (watched == m_forms)
            useForm(m_forms->currentIndex());
        else
            m_document->nextHit(key->modifiers() & Qt::ShiftModifier ? -1 : 1);
        return true;
    case Qt::Key_Escape: leave(); return true;
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (watched != m_text)
            return false;
        if (m_below->currentWidget() != m_forms)
            m_document->nextHit(key->key() == Qt::Key_Up ? -1 : 1);
        else
            m_forms->setFocus();
        return true;
    default: break;
    }
    if (watched == m_text || key->text().isEmpty() || !key->text()[0].isPrint())
        return false;
    m_text->setFocus();
    QCoreApplication::sendEvent(m_text, key);
    return true;
}

/// Columns keep their shares of the width.
void FindBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    for (int column = 0; column + 1 < HitsModel::NumColumns; ++column)
        m_hits->setColumnWidth(column, m_columnsFor ? m_hits->columnWidth(column) * width() / m_columnsFor
                                                    : kColumnShares[column] * width() / 100);
    m_columnsFor = width();
}

} // namespace fxscope
