// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QPlainTextEdit>

namespace fxscope {

class Document;

/// Bottom: everything that was reported, with the time of day.
class LogDock : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit LogDock(Document* document, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {600, 200}; }
};

} // namespace fxscope
