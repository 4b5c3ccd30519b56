// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <QDialog>

#include <map>
#include <memory>

class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace fxscope {

class Document;
class Graph;

/// Which graph goes to which file. The ending chooses the form. A file that exists is replaced only when asked a second
/// time; an error is shown here and the dialog stays open.
class ExportDialog : public QDialog {
    Q_OBJECT
public:
    enum class Which { Opened, BeforeStep, AfterStep, Result };
    explicit ExportDialog(Document* document, QWidget* parent = nullptr);
    void setPath(const QString& path);
    void setWhich(Which which);
    QString problem() const;
    void accept() override; ///< writes, in a job; stays open on an error

signals:
    void written(const QString& path);

private:
    void finish(const QString& path, const Result<Done>& result);
    void showProblem(const QString& text);
    void forgetProblem();
    QPushButton* saveButton() const;
    std::shared_ptr<const Graph> graph() const;
    void fillVersions();
    void browse();
    Document* m_document;
    QComboBox *m_which, *m_form;
    QLineEdit* m_path;
    QLabel* m_problem;
    QDialogButtonBox* m_buttons;
    std::map<Which, std::shared_ptr<const Graph>> m_graphs; ///< as they were when the dialog opened
    QString m_replacing;                                    ///< the user was asked about this file
};

/// Every form a graph can be written in, as patterns for a file dialog: "Readable Python (*.py)" ...
QString exportFilters();

} // namespace fxscope
