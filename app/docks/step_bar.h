// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QWidget>

class QLabel;
class QSlider;

namespace fxscope {

class Document;
struct RewriteStep;

/// Under the graph: the step slider, and one line that says which rewrite is on show.
class StepBar : public QWidget {
    Q_OBJECT
public:
    explicit StepBar(Document* document, QWidget* parent = nullptr);
    QString text() const { return m_text; } ///< all of it, also where the line is too short for it

protected:
    void resizeEvent(QResizeEvent*) override { fitText(); }

private:
    void fitText();
    QString changes(const RewriteStep& step) const;
    void showTrace();
    void showStep();
    QString stepText() const;
    QString startText() const;
    Document* m_document;
    QSlider* m_slider;
    QLabel *m_position, *m_label;
    QString m_text; ///< rich
};

} // namespace fxscope
