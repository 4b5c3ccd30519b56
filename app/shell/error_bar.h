// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <QFrame>

class QLabel;

namespace fxscope {

/// A strip above the graph that says what went wrong, where, and what to do next. The text can be selected and copied;
/// it stays until it is closed, the next error replaces it or the user goes on to
/// something else.
class ErrorBar : public QFrame {
    Q_OBJECT
public:
    explicit ErrorBar(QWidget* parent = nullptr);
    void show(const Diagnostic& problem);
    void clear(); ///< what it says is over
    QString text() const;

signals:
    void logWanted(); ///< to read the earlier ones

protected:
    void changeEvent(QEvent* event) override;

private:
    void colour();
    QLabel *m_sign, *m_text;
    int m_more = 0; ///< errors that this one replaced
};

} // namespace fxscope
