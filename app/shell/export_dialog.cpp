// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/export_dialog.h"

#include "app/document/document.h"
#include "app/models/format.h"
#include "app/shell/picture.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace fxscope {
namespace {

/// What a user knows a form by; the endings themselves come from the list of exporters.
QString formName(const QString& ending) {
    static const std::pair<const char*, const char*> names[] = {{".py", "Readable Python, runs in PyTorch"},
                                                                {".txt", "Printed graph, str(graph)"},
                                                                {".json", "JSON, everything fxscope knows"},
                                                                {".pt2", "torch.export archive"},
                                                                {".dot", "Graphviz"},
                                                                {".svg", "Picture (SVG)"},
                                                                {".png", "Picture (PNG)"},
                                                                {".pdf", "Picture (PDF)"},
                                                                {".html", "Web page"}};
    for (const auto& [known, name] : names)
        if (ending == QLatin1String(known))
            return QString::fromUtf8(name);
    return ending;
}

/// The forms of core/io, and pictures where it has none: those the canvas draws.
QStringList endings() {
    QStringList list;
    for (const std::string& ending : io::exportEndings())
        list << qs(ending);
    for (const QString& ending : pictureEndings())
        if (!list.contains(ending))
            list << ending;
    return list;
}

const QString kJob = QStringLiteral("export");

Result<Done> write(const std::shared_ptr<const Graph>& graph, const QString& path, const Cancel& cancel) {
    if (pictureEndings().contains(u'.' + QFileInfo(path).suffix().toLower()))
        return writePicture(graph, path, cancel);
    return io::exportGraph(*graph, path.toStdString());
}

} // namespace

QString exportFilters() {
    QStringList filters;
    for (const QString& ending : endings())
        filters << QStringLiteral("%1 (*%2)").arg(formName(ending).remove(u'(').remove(u')'), ending);
    return filters.join(QStringLiteral(";;"));
}

ExportDialog::ExportDialog(Document* document, QWidget* parent)
    : QDialog(parent), m_document(document), m_which(new QComboBox), m_form(new QComboBox), m_path(new QLineEdit),
      m_problem(new QLabel), m_buttons(new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel)) {
    setObjectName(QStringLiteral("exportDialog"));
    setWindowTitle(tr("Export Graph"));
    fillVersions();
    for (const QString& ending : endings())
        m_form->addItem(formName(ending) + QStringLiteral("  ") + ending, ending);
    m_path->setObjectName(QStringLiteral("exportPath"));
    m_path->setMinimumWidth(380);
    m_problem->setObjectName(QStringLiteral("exportProblem"));
    m_problem->setWordWrap(true);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_problem->hide();
    auto* browseButton = new QPushButton(tr("Browse…"));
    connect(browseButton, &QPushButton::clicked, this, &ExportDialog::browse);
    auto* pathRow = new QHBoxLayout;
    pathRow->addWidget(m_path, 1);
    pathRow->addWidget(browseButton);
    auto* form = new QFormLayout;
    form->addRow(tr("Graph"), m_which);
    form->addRow(tr("Form"), m_form);
    form->addRow(tr("File"), pathRow);
    auto* column = new QVBoxLayout(this);
    column->addLayout(form);
    column->addWidget(m_problem);
    column->addWidget(m_buttons);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &ExportDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_path, &QLineEdit::textChanged, this, &ExportDialog::forgetProblem);
    connect(&m_document->jobs(), &Jobs::cancelled, this, [this](const QString& tag) {
        if (tag == kJob) {
            saveButton()->setEnabled(true);
            showProblem(tr("Cancelled."));
        }
    });
    connect(m_form, &QComboBox::currentIndexChanged, this, [this] {
        const QFileInfo file(m_path->text());
        setPath(file.path() + u'/' + file.completeBaseName() + m_form->currentData().toString());
    });
    const OpenFile* open = m_document->file();
    const QFileInfo source(open->path.isEmpty() ? QDir::home().filePath(open->title) : open->path);
    setPath(source.path() + u'/' + source.completeBaseName() + QStringLiteral(".rewritten.py"));
}

void ExportDialog::fillVersions() {
    const auto add = [this](Which which, const QString& text, std::shared_ptr<const Graph> graph) {
        m_which->addItem(text, static_cast<int>(which));
        m_graphs[which] = std::move(graph);
    };
    add(Which::Opened, tr("As it was opened"), m_document->entry()->graph);
    if (m_document->shownTo() > m_document->shownFrom()) {
        add(Which::BeforeStep, tr("Before the step on show"), m_document->before());
        add(Which::AfterStep, tr("After the step on show"), m_document->after());
    }
    if (m_document->trace()) {
        add(Which::Result, tr("Result of all passes"), m_document->trace()->result);
        setWhich(Which::Result);
    }
}

void ExportDialog::setPath(const QString& path) {
    m_path->setText(path);
    const int form = m_form->findData(u'.' + QFileInfo(path).suffix().toLower());
    const QSignalBlocker quiet(m_form);
    if (form >= 0)
        m_form->setCurrentIndex(form);
}

void ExportDialog::setWhich(Which which) { m_which->setCurrentIndex(m_which->findData(static_cast<int>(which))); }

QString ExportDialog::problem() const { return m_problem->text(); }

void ExportDialog::browse() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Export Graph"), m_path->text(), exportFilters(),
                                                      nullptr, QFileDialog::DontConfirmOverwrite);
    if (!path.isEmpty())
        setPath(path);
}

std::shared_ptr<const Graph> ExportDialog::graph() const {
    return m_graphs.at(static_cast<Which>(m_which->currentData().toInt()));
}

void ExportDialog::accept() {
    const QString path = m_path->text();
    if (QFileInfo(path).isFile() && m_replacing != path) {
        m_replacing = path;
        saveButton()->setText(tr("Replace"));
        return showProblem(tr("%1 exists. Replace it?").arg(QFileInfo(path).fileName()));
    }
    saveButton()->setEnabled(false);
    m_document->jobs().start(
        kJob, tr("Writing %1").arg(QFileInfo(path).fileName()),
        [graph = graph(), path](const Cancel& cancel) {
            return std::make_shared<Result<Done>>(write(graph, path, cancel));
        },
        this, [this, path](const std::shared_ptr<Result<Done>>& result) { finish(path, *result); });
}

void ExportDialog::finish(const QString& path, const Result<Done>& result) {
    saveButton()->setEnabled(true);
    if (!result.ok())
        return showProblem(qs(result.error().str()));
    emit written(path);
    QDialog::accept();
}

void ExportDialog::showProblem(const QString& text) {
    m_problem->setText(text);
    m_problem->show();
}

QPushButton* ExportDialog::saveButton() const { return m_buttons->button(QDialogButtonBox::Save); }

/// Another file: nothing is wrong with it yet, and nobody agreed to replace it.
void ExportDialog::forgetProblem() {
    m_replacing.clear();
    m_problem->clear();
    m_problem->hide();
    saveButton()->setText(tr("Save"));
}

} // namespace fxscope
