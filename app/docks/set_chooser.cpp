// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/set_chooser.h"

#include "app/document/document.h"

#include <QFileInfo>
#include <QSignalBlocker>

namespace fxscope {

SetChooser::SetChooser(Document* document, QWidget* parent) : QComboBox(parent), m_document(document) {
    setObjectName(QStringLiteral("setChooser"));
    setAccessibleName(tr("Pattern set in use"));
    setToolTip(tr("Patterns that the passes look for"));
    setSizeAdjustPolicy(AdjustToContents);
    connect(this, &QComboBox::activated, this, &SetChooser::take);
    connect(document, &Document::passesChanged, this, &SetChooser::refresh);
    refresh();
}

void SetChooser::refresh() {
    const QSignalBlocker quiet(this);
    clear();
    for (const QString& name : Document::patternSets())
        addItem(name, name);
    for (const QString& folder : Document::patternFolders()) {
        addItem(QFileInfo(folder).fileName(), folder);
        setItemData(count() - 1, folder, Qt::ToolTipRole);
    }
    insertSeparator(count());
    addItem(tr("Add pattern file…"));
    addItem(tr("Add folder…"));
    setCurrentIndex(findData(m_document->patterns()));
}

void SetChooser::take(int row) {
    const QString name = itemData(row).toString();
    setCurrentIndex(findData(m_document->patterns())); // until it is read
    if (!name.isEmpty())
        return m_document->setPatterns(name);
    row == count() - 1 ? emit folderWanted() : emit fileWanted();
}

} // namespace fxscope
