// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/clipboard.h"

#include "app/document/document.h"
#include "app/models/format.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QGuiApplication>
#include <QStringList>

namespace fxscope {
namespace {

QString rowsAsTsv(const QAbstractItemView& view) {
    QStringList lines;
    for (const QModelIndex& row : view.selectionModel()->selectedRows()) {
        QStringList cells;
        for (int column = 0; column < row.model()->columnCount(row.parent()); ++column)
            cells << row.siblingAtColumn(column).data().toString();
        lines << cells.join(u'\t');
    }
    return lines.join(u'\n');
}

/// "- `name: "f32[4]" = target`" for each node.
QString nodeList(const Graph& graph, const QString& title, const std::vector<NodeId>& nodes) {
    QString text;
    for (NodeId node : nodes)
        text += QStringLiteral("- %1 `%2: \"%3\" = %4`\n")
                    .arg(title, qs(graph[node].name), qs(graph[node].meta.str()), qs(graph[node].target.str()));
    return text;
}

/// Names of nodes, paths of modules.
QStringList chosenNames(const Document& document) {
    QStringList names;
    const auto groups = document.groups();
    for (const NodeId node : document.chosen())
        if (const auto graph = document.versionWith(node))
            names << qs((*graph)[node].name);
        else if (isGroup(node) && groups && groups->has(node))
            names << qs((*groups)[groupOfId(node)].path);
    return names;
}

} // namespace

QString stepMarkdown(const Document& document) {
    if (document.currentStep() < 0)
        return {};
    const Trace& trace = *document.trace();
    const RewriteStep& step = trace.steps[static_cast<size_t>(document.currentStep())];
    const Graph& graph = *trace.result;
    return QStringLiteral("**Step %1 of %2: %3** at `%4` in %5\n")
               .arg(document.currentStep() + 1)
               .arg(trace.steps.size())
               .arg(qs(step.rule), qs(graph[step.match.root].name), document.file()->title) +
           nodeList(graph, QStringLiteral("removed"), step.removed) +
           nodeList(graph, QStringLiteral("added"), step.added) +
           nodeList(graph, QStringLiteral("changed"), step.changed);
}

void copyToClipboard(const Document& document, QWidget* focus) {
    QString text;
    if (const auto* view = qobject_cast<QAbstractItemView*>(focus); view && view->selectionModel())
        text = rowsAsTsv(*view);
    if (text.isEmpty())
        text = chosenNames(document).join(u'\n');
    if (text.isEmpty())
        text = stepMarkdown(document);
    if (!text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

} // namespace fxscope
