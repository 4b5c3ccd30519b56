// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/find_query.h"

#include "core/support/text.h"

#include <QStringList>

#include <algorithm>
#include <cctype>

namespace fxscope {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Does `text` contain `part` (already lower case)?
bool contains(const std::string& text, const std::string& part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char a, char b) { return lower(a) == b; }) != text.end();
}

bool hasDType(const Node& node, const std::string& wanted) {
    const TensorMeta* tensor = node.tensor();
    return tensor && (info(tensor->dtype).readable == wanted || info(tensor->dtype).torch == wanted);
}

bool hasShape(const Node& node, const std::vector<std::string>& wanted, bool whole) {
    const TensorMeta* tensor = node.tensor();
    if (!tensor || tensor->sizes.size() < wanted.size() || (whole && tensor->sizes.size() != wanted.size()))
        return false;
    for (size_t first = 0; first + wanted.size() <= tensor->sizes.size(); ++first) {
        size_t same = 0;
        while (same < wanted.size() && (wanted[same] == "*" || tensor->sizes[first + same].str() == wanted[same]))
            ++same;
        if (same == wanted.size())
            return true;
    }
    return false;
}

bool inModule(const Node& node, const std::string& wanted) {
    if (!node.origin)
        return false;
    const auto& modules = node.origin->modules;
    return std::any_of(modules.begin(), modules.end(), [&](const ModuleFrame& frame) {
        return contains(frame.path, wanted) || contains(frame.type, wanted);
    });
}

bool compare(int64_t users, const std::string& comparison, int64_t number) {
    if (comparison == ">")
        return users > number;
    if (comparison == "<")
        return users < number;
    if (comparison == ">=")
        return users >= number;
    return comparison == "<=" ? users <= number : users == number;
}

/// Words separated by spaces; a /regex/ or a [shape] keeps its spaces.
QStringList words(const QString& text) {
    QStringList list;
    QString word;
    QChar closing;
    for (const QChar c : text) {
        if (closing.isNull() && c.isSpace()) {
            if (!word.isEmpty())
                list << word;
            word.clear();
            continue;
        }
        if (c == closing)
            closing = QChar();
        else if (closing.isNull() && c == u'/' && word.isEmpty())
            closing = u'/';
        else if (closing.isNull() && c == u'[')
            closing = u']';
        word += c;
    }
    return word.isEmpty() ? list : list << word;
}

} // namespace

Result<FindQuery> FindQuery::parse(const QString& text) {
    FindQuery query;
    for (const QString& word : words(text)) {
        FX_TRY(Term term, parseTerm(word));
        query.m_terms.push_back(std::move(term));
    }
    return query;
}

Result<FindQuery::Term> FindQuery::parseTerm(const QString& word) {
    Term term;
    const auto value = [&](qsizetype from) { return word.mid(from).toLower().toStdString(); };
    if (word.startsWith(u'/')) {
        const bool closed = word.size() > 1 && word.endsWith(u'/');
        term.kind = Kind::Regex;
        term.regex = QRegularExpression(word.mid(1, word.size() - (closed ? 2 : 1)));
        if (!term.regex.isValid())
            return Diagnostic{term.regex.errorString().toStdString(), "regular expression", "write it between slashes"};
        return term;
    }
    if (word.startsWith(u"users"))
        if (word.size() > 5 && QStringLiteral("<>=:").contains(word[5]))
            return parseUsers(word);
    if (word.startsWith(u"shape:"))
        return parseShape(word.mid(6));
    const std::pair<QStringView, Kind> prefixes[] = {
        {u"op:", Kind::Operator}, {u"dtype:", Kind::DTypeName}, {u"module:", Kind::Module}};
    for (const auto& [prefix, kind] : prefixes)
        if (word.startsWith(prefix)) {
            term.kind = kind;
            term.text = value(prefix.size());
            return term;
        }
    term.text = value(0);
    return term;
}

Result<FindQuery::Term> FindQuery::parseUsers(const QString& word) {
    static const QRegularExpression form(QStringLiteral("^users(<=|>=|<|>|=|:)(\\d*)$"));
    const auto parts = form.match(word);
    if (!parts.hasMatch())
        return Diagnostic{"users takes a number", word.toStdString(), "for example users>2"};
    Term term;
    term.kind = Kind::Users;
    term.comparison = parts.captured(1).toStdString();
    term.number = parts.captured(2).toLongLong();
    if (parts.captured(2).isEmpty())
        term.comparison = ">="; // still typing: everything
    return term;
}

FindQuery::Term FindQuery::parseShape(const QString& sizes) {
    Term term;
    term.kind = Kind::Shape;
    term.wholeShape = sizes.startsWith(u'[') && sizes.endsWith(u']');
    QString inner = sizes;
    inner.remove(u'[').remove(u']');
    // 8x64 is read as 8,64; symbols such as Max(1, s0) hold no digit before their x
    static const QRegularExpression cross(QStringLiteral("(?<=[0-9*])x(?=[0-9*])"));
    inner.replace(cross, QStringLiteral(","));
    for (const QString& size : inner.split(u',', Qt::SkipEmptyParts))
        term.sizes.push_back(size.trimmed().toStdString());
    return term;
}

bool FindQuery::holds(const Term& term, const Node& node) {
    switch (term.kind) {
    case Kind::Text: return contains(node.name, term.text) || contains(node.target.str(), term.text);
    case Kind::Regex:
        return term.regex.match(QString::fromStdString(node.name)).hasMatch() ||
               term.regex.match(QString::fromStdString(node.target.str())).hasMatch();
    case Kind::Operator: return contains(node.target.str(), term.text);
    case Kind::Shape: return hasShape(node, term.sizes, term.wholeShape);
    case Kind::DTypeName: return term.text.empty() || hasDType(node, term.text);
    case Kind::Users: return compare(static_cast<int64_t>(node.users.size()), term.comparison, term.number);
    case Kind::Module: return inModule(node, term.text);
    }
    return false;
}

bool FindQuery::matches(const Node& node) const {
    return std::all_of(m_terms.begin(), m_terms.end(), [&](const Term& term) { return holds(term, node); });
}

std::vector<NodeId> FindQuery::in(const Graph& graph, const Cancel& cancel) const {
    std::vector<NodeId> hits;
    if (isEmpty())
        return hits;
    for (NodeId id : graph.order()) {
        if (cancel.requested())
            break;
        if (matches(graph[id]))
            hits.push_back(id);
    }
    return hits;
}

} // namespace fxscope
