// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/job_bar.h"

#include "app/document/document.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

namespace fxscope {

JobBar::JobBar(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_title(new QLabel), m_progress(new QProgressBar),
      m_cancel(new QToolButton) {
    m_progress->setFixedWidth(160);
    m_progress->setMaximumHeight(14);
    m_progress->setTextVisible(false);
    m_cancel->setText(tr("Cancel"));
    m_cancel->setObjectName(QStringLiteral("cancelJobs"));
    connect(m_cancel, &QToolButton::clicked, this, &JobBar::cancelAll);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_title);
    row->addWidget(m_progress);
    row->addWidget(m_cancel);
    m_timer.setInterval(200);
    connect(&m_timer, &QTimer::timeout, this, &JobBar::refresh);
    connect(&document->jobs(), &Jobs::changed, this, &JobBar::refresh);
    connect(&document->runner(), &Runner::changed, this, &JobBar::refresh);
    hide();
}

void JobBar::cancelAll() {
    m_document->jobs().cancelAll();
    m_document->runner().cancel();
}

void JobBar::refresh() {
    const Runner& runner = m_document->runner();
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (!runner.isRunning())
        m_runSince = 0;
    else if (m_runSince == 0)
        m_runSince = now;
    std::vector<JobInfo> jobs = m_document->jobs().running();
    if (runner.isRunning())
        jobs.push_back({QStringLiteral("run"), tr("Running %1").arg(runner.stage()), now - m_runSince, runner.done(),
                        runner.all()});
    jobs.empty() ? m_timer.stop() : m_timer.start();
    std::erase_if(jobs, [](const JobInfo& job) { return job.runningMs < kPatienceMs; });
    setVisible(!jobs.empty());
    if (jobs.empty())
        return;
    m_title->setText(jobs.front().title);
    m_progress->setRange(0, static_cast<int>(jobs.front().all));
    m_progress->setValue(static_cast<int>(jobs.front().done));
}

} // namespace fxscope
