// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/node_dock.h"

#include "app/docks/colours.h"
#include "app/document/document.h"
#include "app/models/format.h"
#include "app/models/node_info.h"

#include <QEvent>
#include <QUrl>

#include <algorithm>
#include <map>

namespace fxscope {

NodeDock::NodeDock(Document* document, QWidget* parent) : QTextBrowser(parent), m_document(document) {
    setObjectName(QStringLiteral("nodeDock"));
    setAccessibleName(tr("The selected node"));
    setOpenLinks(false);
    setFrameShape(QFrame::NoFrame);
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
        if (const NodeId node = nodeOfLink(link.toString()); node.valid())
            m_document->select(node);
    });
    connect(document, &Document::selectionChanged, this, &NodeDock::refresh);
    connect(document, &Document::stepChanged, this, &NodeDock::refresh);
    connect(document, &Document::graphChanged, this, &NodeDock::refresh);
    refresh();
}

void NodeDock::refresh() {
    document()->setDefaultStyleSheet(richTextStyle(palette()));
    setHtml(nodeHtml());
}

/// Is it only in one of the two versions on show?
QString NodeDock::stateOfNode() const {
    const NodeId node = m_document->selected();
    const CanvasTheme theme = themeFor(palette());
    const auto word = [](const QColor& colour, const QString& text) {
        return QStringLiteral("<span style='color:%1'>%2</span>").arg(colour.name(), text);
    };
    if (!m_document->after()->alive(node))
        return word(theme.removed, tr("− removed by this step"));
    if (!m_document->before()->alive(node))
        return word(theme.added, tr("+ added by this step"));
    return {};
}

/// At once if they were found before, else after a job: what was logged of kernels is read when it is first asked for.
QString NodeDock::kernelsOfNode(const Graph& graph, NodeId node) {
    const OpenFile* file = m_document->file();
    const GraphEntry* entry = m_document->entry();
    if (!file || !entry || file->capture.runs.empty())
        return {};
    const bool ofStageBefore = m_document->isOfStage() && !m_document->after()->alive(node) && entry->previous >= 0;
    if (ofStageBefore)
        entry = &file->capture.graphs[static_cast<size_t>(entry->previous)];
    const QString name = qs(graph[node].name);
    const QString of = file->path + u'\n' + qs(entry->id) + u'\n' + name;
    if (std::exchange(m_kernelsOf, of) != of) {
        m_kernels.clear();
        findKernels(*file, *entry, name);
    }
    return m_kernels;
}

void NodeDock::findKernels(const OpenFile& file, const GraphEntry& entry, const QString& name) {
    m_document->jobs().start(
        QStringLiteral("kernels"), tr("Looking for the kernels of %1").arg(name),
        [capture = file.capture, entry, node = name.toStdString()](const Cancel&) {
            return Result<std::vector<io::NodeKernel>>(io::kernelsOf(capture, entry, node));
        },
        this,
        [this, of = m_kernelsOf](const std::vector<io::NodeKernel>& kernels) {
            if (of != m_kernelsOf || kernels.empty())
                return;
            m_kernels = kernelsHtml(kernels);
            refresh();
        });
}

QString NodeDock::nodeHtml() {
    const NodeId node = m_document->selected();
    if (const auto groups = m_document->groups();
        isGroup(node) && groups && static_cast<size_t>(groupOfId(node)) < groups->groups().size())
        return groupHtml((*groups)[groupOfId(node)]);
    const auto graph = m_document->versionWith(node);
    if (!graph)
        return QStringLiteral("<p class='faint'>%1</p>")
            .arg(m_document->entry()
                     ? tr("Select a node to see its operator, shape, arguments and where it comes from.")
                     : tr("Open a graph to look at its nodes."));
    QString html = QStringLiteral("<h3>%1</h3>").arg(htmlText((*graph)[node].name));
    if (const QString state = stateOfNode(); !state.isEmpty())
        html += QStringLiteral("<div>%1</div>").arg(state);
    bool inTable = false;
    const auto before = m_document->before();
    const bool changed = graph == m_document->after() && before != graph && before->alive(node);
    for (const NodeField& field : nodeFields(*graph, node, changed ? before.get() : nullptr)) {
        if (field.isSection) {
            html += QStringLiteral("%1<h4>%2</h4>").arg(inTable ? QStringLiteral("</table>") : QString(), field.name);
            inTable = false;
            continue;
        }
        if (!std::exchange(inTable, true))
            html += QStringLiteral("<table cellspacing='0' cellpadding='1'>");
        html += QStringLiteral("<tr><td class='faint'>%1&nbsp;&nbsp;</td><td>%2</td></tr>").arg(field.name, field.html);
    }
    if (inTable)
        html += QStringLiteral("</table>");
    if (const QString kernels = kernelsOfNode(*graph, node); !kernels.isEmpty())
        html += QStringLiteral("<h4>%1</h4><p>%2</p>").arg(tr("Kernels that Inductor made of it"), kernels);
    return html;
}

/// What a module holds in the version on show, and which operators most of it are.
QString NodeDock::groupHtml(const Group& group) const {
    const auto graph = m_document->after();
    if (!graph)
        return {};
    qsizetype nodes = 0;
    std::map<QString, qsizetype> operators;
    for (const NodeId id : group.all)
        if (graph->alive(id)) {
            ++nodes;
            if ((*graph)[id].op == Op::CallFunction)
                ++operators[QString::fromStdString(std::string((*graph)[id].target.shortName()))];
        }
    std::vector<std::pair<QString, qsizetype>> most(operators.begin(), operators.end());
    std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    const auto row = [](const QString& name, const QString& text) {
        return QStringLiteral("<tr><td class='faint'>%1&nbsp;&nbsp;</td><td>%2</td></tr>").arg(name, text);
    };
    QString html = QStringLiteral("<h3>%1</h3><table cellspacing='0' cellpadding='1'>").arg(htmlText(group.path));
    if (!group.type.empty())
        html += row(tr("class"), htmlText(group.type));
    html += row(tr("nodes"), QString::number(nodes));
    html += row(tr("modules"), QString::number(group.groups.size()));
    if (group.repeats > 1)
        html += row(tr("alike"), tr("%1 in a row are built like this one").arg(group.repeats));
    html += QStringLiteral("</table><h4>%1</h4><table cellspacing='0' cellpadding='1'>").arg(tr("Operators"));
    for (const auto& [name, count] : most)
        html += row(QString::number(count), name.toHtmlEscaped());
    return html + QStringLiteral("</table>");
}

void NodeDock::changeEvent(QEvent* event) {
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refresh();
}

} // namespace fxscope
