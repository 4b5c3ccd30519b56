// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/node_info.h"

#include "app/models/format.h"
#include "core/io/capture.h"
#include "core/ops/op.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace fxscope {
namespace {

/// Collects fields; empty ones are left out.
struct Fields {
    std::vector<NodeField> list;
    void add(const QString& name, const QString& html) {
        if (!html.isEmpty())
            list.push_back({name, html});
    }
    void section(const QString& name) { list.push_back({name, {}, true}); }
};

QString sizesText(const SymSizes& sizes) {
    QStringList parts;
    for (const SymInt& size : sizes)
        parts << qs(size.str());
    return u'[' + parts.join(QStringLiteral(", ")) + u']';
}

QString links(const Graph& graph, const std::vector<NodeId>& nodes) {
    QStringList parts;
    for (NodeId node : nodes)
        parts << nodeLink(graph, node) + QStringLiteral(" <span class='faint'>") + htmlText(graph[node].meta.str()) +
                     QStringLiteral("</span>");
    return parts.join(QStringLiteral("<br>"));
}

/// The argument as Python prints it, with a link for each node it names.
QString argumentHtml(const Graph& graph, const Argument& argument) {
    if (argument.isNode())
        return nodeLink(graph, argument.asNode());
    if (argument.isSequence()) {
        QStringList parts;
        for (const Argument& item : argument.items())
            parts << argumentHtml(graph, item);
        const bool list = argument.kind() == Argument::Kind::List;
        const QString inner =
            parts.join(QStringLiteral(", ")) + (!list && parts.size() == 1 ? QStringLiteral(",") : QString());
        return (list ? u'[' : u'(') + inner + (list ? u']' : u')');
    }
    return htmlText(io::writeArgument(graph, argument));
}

QString argumentName(const Schema* schema, size_t index) {
    if (schema && index < schema->args.size())
        return qs(schema->args[index].name);
    return QStringLiteral("arg %1").arg(index);
}

/// An argument by its name, as Python writes it.
struct NamedArgument {
    QString name; ///< "axis=", "self", "arg 0"
    const Argument* value;
    std::string text;
    bool isKeyword = false;
    QString str() const { return isKeyword ? name + qs(text) : qs(text); }
};

std::vector<NamedArgument> argumentsOf(const Graph& graph, const Node& node) {
    const Schema* schema = node.op == Op::CallFunction ? findSchema(node.target) : nullptr;
    std::vector<NamedArgument> list;
    for (size_t i = 0; i < node.args.size(); ++i)
        list.push_back({argumentName(schema, i), &node.args[i], io::writeArgument(graph, node.args[i])});
    for (const auto& [key, value] : node.kwargs)
        list.push_back({qs(key) + u'=', &value, io::writeArgument(graph, value), true});
    return list;
}

/// What an argument was before: the one of the same name, else one that is gone and had the same value.
const NamedArgument* earlier(const NamedArgument& now, const std::vector<NamedArgument>& before,
                             const std::vector<NamedArgument>& after) {
    const auto named = [](const std::vector<NamedArgument>& list, const QString& name) {
        return std::find_if(list.begin(), list.end(), [&](const NamedArgument& each) { return each.name == name; });
    };
    if (const auto same = named(before, now.name); same != before.end())
        return &*same;
    for (const NamedArgument& each : before)
        if (each.text == now.text && named(after, each.name) == after.end())
            return &each;
    return nullptr;
}

bool differ(const NamedArgument& a, const NamedArgument& b) { return a.name != b.name || a.text != b.text; }

QString wasHtml(const QString& text) {
    return QStringLiteral("<br><span class='faint'>%1</span>")
        .arg(QCoreApplication::translate("fxscope", "was %1").arg(htmlText(text.toStdString())));
}

void addArguments(Fields& fields, const Graph& graph, const Node& node, const Graph* before) {
    if (node.args.empty() && node.kwargs.empty())
        return;
    fields.section(QStringLiteral("Arguments"));
    const auto now = argumentsOf(graph, node);
    const auto old = before ? argumentsOf(*before, (*before)[node.id]) : now;
    for (const NamedArgument& argument : now) {
        const NamedArgument* was = earlier(argument, old, now);
        QString html = argumentHtml(graph, *argument.value);
        if (was && differ(*was, argument))
            html += wasHtml(was->str());
        fields.add(htmlText(argument.name.toStdString()), html);
    }
}

void addMeta(Fields& fields, const Node& node) {
    if (const TensorMeta* tensor = node.tensor()) {
        fields.add(QStringLiteral("dtype"), qs(name(tensor->dtype)));
        fields.add(QStringLiteral("shape"), htmlText(sizesText(tensor->sizes).toStdString()));
        if (tensor->strides)
            fields.add(QStringLiteral("strides"), htmlText(sizesText(*tensor->strides).toStdString()));
        if (tensor->device)
            fields.add(QStringLiteral("device"), qs(tensor->device->str()));
    } else if (node.meta.isKnown()) {
        fields.add(QStringLiteral("value"), htmlText(node.meta.str()));
    }
    fields.add(QStringLiteral("declared"), htmlText(node.declaredType));
}

QString sourceHtml(const SourceLine& line) {
    const QString place = htmlText(line.file) + u':' + QString::number(line.line) +
                          (line.function.empty() ? QString() : QStringLiteral(" in ") + htmlText(line.function));
    return QStringLiteral("<span class='faint'>%1</span><br><code>%2</code>").arg(place, htmlText(line.code));
}

QString provenanceHtml(const Provenance& from) {
    QString text = htmlText(from.name) + QStringLiteral(" <span class='faint'>") + htmlText(from.target);
    if (!from.pass.empty())
        text += QStringLiteral(", ") + htmlText(from.pass);
    for (const std::string& action : from.actions)
        text += QStringLiteral(", ") + htmlText(action);
    text += QStringLiteral("</span>");
    for (const Provenance& earlier : from.from)
        text += QStringLiteral("<br>&nbsp;&nbsp;← ") + provenanceHtml(earlier);
    return text;
}

void addOrigin(Fields& fields, const Node& node) {
    if (!node.origin)
        return;
    QStringList stack, modules, provenance;
    for (auto line = node.origin->stack.rbegin(); line != node.origin->stack.rend(); ++line)
        stack << sourceHtml(*line);
    for (const ModuleFrame& frame : node.origin->modules)
        modules << (frame.path.empty() ? QStringLiteral("<i>root</i>") : htmlText(frame.path)) +
                       QStringLiteral(" <span class='faint'>") + htmlText(frame.type) + QStringLiteral("</span>");
    for (const Provenance& from : node.origin->provenance)
        provenance << provenanceHtml(from);
    if (stack.isEmpty() && modules.isEmpty() && provenance.isEmpty() && node.origin->meta.empty())
        return;
    fields.section(QStringLiteral("Where it comes from"));
    fields.add(QStringLiteral("source"), stack.join(QStringLiteral("<br>")));
    fields.add(QStringLiteral("modules"), modules.join(QStringLiteral("<br>")));
    fields.add(QStringLiteral("provenance"), provenance.join(QStringLiteral("<br>")));
    for (const auto& [key, value] : node.origin->meta)
        fields.add(htmlText(key), htmlText(value));
}

WhyMiss whyOf(const Trace& trace, const PassRecord& pass, const Miss& miss) {
    return {miss.node,    qs(pass.pass), qs(miss.rule), qs(miss.code), qs(miss.sentence(*trace.result)),
            miss.matched, miss.wanted};
}

void sortNearestFirst(std::vector<WhyMiss>& list) {
    std::stable_sort(list.begin(), list.end(), [](const WhyMiss& a, const WhyMiss& b) {
        return a.matched * std::max(1, b.wanted) > b.matched * std::max(1, a.wanted);
    });
}

} // namespace

QString nodeLink(const Graph& graph, NodeId node) {
    return QStringLiteral("<a href='node:%1'>%2</a>").arg(node.index).arg(htmlText(graph[node].name));
}

NodeId nodeOfLink(const QString& link) {
    bool ok = false;
    const uint index = link.startsWith(u"node:") ? link.mid(5).toUInt(&ok) : 0;
    return ok ? NodeId{index} : NodeId{};
}

QString changeText(const Graph& before, const Graph& after, NodeId node) {
    QStringList parts;
    const auto add = [&](const QString& was, const QString& now) { parts << was + QStringLiteral(" → ") + now; };
    const auto old = argumentsOf(before, before[node]), now = argumentsOf(after, after[node]);
    if (before[node].target != after[node].target)
        add(qs(before[node].target.shortName()), qs(after[node].target.shortName()));
    for (const NamedArgument& argument : now)
        if (const NamedArgument* was = earlier(argument, old, now); was && differ(*was, argument))
            add(was->str(), argument.str());
    return parts.join(QStringLiteral(", "));
}

std::vector<NodeField> nodeFields(const Graph& graph, NodeId id, const Graph* before) {
    const Node& node = graph[id];
    Fields fields;
    fields.add(QStringLiteral("op"), qs(name(node.op)));
    QString target = htmlText(node.target.str());
    if (before && (*before)[id].target != node.target)
        target += wasHtml(qs((*before)[id].target.str()));
    fields.add(QStringLiteral("target"), target);
    addMeta(fields, node);
    addArguments(fields, graph, node, before);
    fields.section(QStringLiteral("Connections"));
    fields.add(QStringLiteral("inputs"), links(graph, graph.inputs(id)));
    fields.add(QStringLiteral("users"),
               node.users.empty() ? QStringLiteral("<span class='faint'>none</span>") : links(graph, node.users));
    addOrigin(fields, node);
    return std::move(fields.list);
}

QString kernelsHtml(const std::vector<io::NodeKernel>& kernels) {
    QStringList lines;
    for (const auto& [run, kernel] : kernels) {
        QStringList facts;
        if (!run.empty())
            facts << htmlText(run);
        if (kernel.call > 0)
            facts << QCoreApplication::translate("fxscope", "call %1").arg(kernel.call);
        QString line = QStringLiteral("<code>%1</code> <span class='faint'>%2</span>")
                           .arg(htmlText(kernel.name), facts.join(QStringLiteral(", ")));
        if (kernel.line > 0)
            line += QStringLiteral("<br><span class='faint'>%1:%2</span>").arg(htmlText(kernel.file)).arg(kernel.line);
        lines << line;
    }
    return lines.join(QStringLiteral("<br>"));
}

std::vector<WhyMiss> missesAt(const Trace& trace, NodeId node) {
    std::vector<WhyMiss> list;
    for (const PassRecord& pass : trace.passes)
        for (const Miss& miss : pass.misses)
            if (miss.node == node)
                list.push_back(whyOf(trace, pass, miss));
    sortNearestFirst(list);
    return list;
}

std::vector<WhyMiss> missesOf(const Trace& trace, size_t pass, size_t limit) {
    std::vector<WhyMiss> list;
    for (const Miss& miss : trace.passes[pass].misses)
        list.push_back(whyOf(trace, trace.passes[pass], miss));
    sortNearestFirst(list);
    if (list.size() > limit)
        list.resize(limit);
    return list;
}

std::vector<WhyCapture> capturesOf(const Trace& trace, size_t step) {
    std::vector<WhyCapture> list;
    const Graph& graph = *trace.result; // knows every id, erased nodes included
    int colour = 0;
    for (const Binding& binding : trace.steps[step].match.captures) {
        const bool isNode = binding.value.isNode();
        list.push_back({qs(binding.name), argumentHtml(graph, binding.value), isNode ? colour : -1});
        ++colour;
    }
    return list;
}

} // namespace fxscope
