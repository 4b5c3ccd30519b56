// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QWidget>

class QVBoxLayout;

namespace fxscope {

/// What the window shows while nothing is open: samples, recent files, and where to drop a file.
class WelcomePage : public QWidget {
    Q_OBJECT
public:
    explicit WelcomePage(QWidget* parent = nullptr);
    void refreshRecent();

signals:
    void openWanted();
    void fileWanted(const QString& path);
    void sampleWanted(const QString& name);

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeSamples();
    QWidget* makeDropArea();
    QVBoxLayout* m_recent;
};

/// The first comment lines of a sample: "# title" and "# what it shows".
struct SampleText {
    QString title, shows;
};
SampleText sampleText(const QString& name);

} // namespace fxscope
