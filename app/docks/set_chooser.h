// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QComboBox>

namespace fxscope {

class Document;

/// The pattern set in use: those of the program, folders that were used before, and the way to another folder.
class SetChooser : public QComboBox {
    Q_OBJECT
public:
    explicit SetChooser(Document* document, QWidget* parent = nullptr);

signals:
    void fileWanted(); ///< one of the user's own is to be chosen
    void folderWanted();

private:
    void refresh();
    void take(int row);
    Document* m_document;
};

} // namespace fxscope
