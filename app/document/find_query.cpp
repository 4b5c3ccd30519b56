// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/find_query.h"

#include "core/io/capture.h"
#include "core/support/text.h"

#include <QStringList>
#include <QVarLengthArray>

#include <algorithm>
#include <array>
#include <chrono>
#include <unordered_map>
#include <unordered_set>

namespace fxscope {
namespace {

constexpr size_t kBlock = 2048, kSmallBlock = 16; ///< nodes between two looks at the clock; small: with an expression
constexpr int kMostSteps = 20'000; ///< of an expression on one text: some that backtrack would take years
constexpr auto kFirstHitsAfter = std::chrono::milliseconds(15), kMoreHitsAfter = std::chrono::milliseconds(100);
constexpr QStringView kStates[] = {u"added", u"removed", u"changed", u"placeholder", u"output", u"dead"};

constexpr std::array<char, 256> kLowerCase = [] {
    std::array<char, 256> table{};
    for (int c = 0; c < 256; ++c)
        table[static_cast<size_t>(c)] = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return table;
}();

char lower(char c) { return kLowerCase[static_cast<unsigned char>(c)]; }

/// Where `text` contains `part` (already lower case); npos: nowhere.
size_t findPart(std::string_view text, std::string_view part) {
    if (part.empty())
        return 0;
    for (size_t i = 0; i + part.size() <= text.size(); ++i) {
        if (lower(text[i]) != part[0])
            continue;
        size_t same = 1;
        while (same < part.size() && lower(text[i + same]) == part[same])
            ++same;
        if (same == part.size())
            return i;
    }
    return std::string_view::npos;
}

bool hasPart(std::string_view text, std::string_view part) { return findPart(text, part) != std::string_view::npos; }

bool isDType(DType dtype, std::string_view begin) {
    return info(dtype).readable.starts_with(begin) || info(dtype).torch.starts_with(begin);
}

bool compareUsers(int64_t users, const std::string& comparison, int64_t number) {
    if (comparison == ">")
        return users > number;
    if (comparison == "<")
        return users < number;
    if (comparison == ">=")
        return users >= number;
    return comparison == "<=" ? users <= number : users == number;
}

/// Words separated by spaces; a /regex/ or a [shape] keeps its spaces.
QStringList findWords(const QString& text) {
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
        else if (closing.isNull() && c == u'/' && (word.isEmpty() || word == QStringLiteral("-")))
            closing = u'/';
        else if (closing.isNull() && c == u'[')
            closing = u']';
        word += c;
    }
    return word.isEmpty() ? list : list << word;
}

/// Letters (lower case) without which the expression matches nothing: a quick look for them spares most names the
/// expression. Empty: none were found, or it holds more than letters, classes and quantifiers.
std::string requiredLetters(const QString& regex) {
    std::string longest, run;
    const auto endRun = [&] {
        longest =
            std::max(longest, std::exchange(run, {}), [](const auto& a, const auto& b) { return a.size() < b.size(); });
    };
    for (qsizetype i = 0; i < regex.size(); ++i) {
        const char16_t c = regex[i].unicode();
        if (c >= 128 || QStringView(u"|()[]{}#").contains(QChar(c)))
            return {};
        if (c == u'\\') {
            const QChar next = ++i < regex.size() ? regex[i] : QChar();
            if (QStringView(u"dDwWsSbB").contains(next))
                endRun();
            else if (next == u'_' || (next.unicode() < 128 && next.isPunct()))
                run += static_cast<char>(next.unicode());
            else
                return {};
        } else if (c == u'*' || c == u'?') { // the letter before need not be there
            if (!run.empty())
                run.pop_back();
            endRun();
        } else if (c == u'+' || c == u'.' || c == u'^' || c == u'$') {
            endRun();
        } else {
            run += lower(static_cast<char>(c));
        }
    }
    endRun();
    return longest;
}

/// Names are ASCII nearly always: no need to allocate for each of 100,000.
bool matchesRegex(const QRegularExpression& regex, const std::string& text, std::atomic<size_t>& gaveUp) {
    const auto told = [&](const QRegularExpressionMatch& match) {
        gaveUp += !match.isValid(); // beyond kMostSteps
        return match.hasMatch();
    };
    QVarLengthArray<char16_t, 256> letters(static_cast<qsizetype>(text.size()));
    for (size_t i = 0; i < text.size(); ++i) {
        if (static_cast<unsigned char>(text[i]) >= 128)
            return told(regex.match(QString::fromStdString(text)));
        letters[static_cast<qsizetype>(i)] = static_cast<char16_t>(text[i]);
    }
    return told(regex.match(QStringView(letters.data(), letters.size()), 0, QRegularExpression::NormalMatch,
                            QRegularExpression::DontCheckSubjectStringMatchOption));
}

} // namespace

std::string typeText(const ValueMeta& meta) {
    if (meta.kind() != ValueMeta::Kind::List)
        return meta.str();
    std::vector<std::string> parts;
    for (const ValueMeta& item : meta.items())
        parts.push_back(typeText(item));
    return "(" + join(parts, ", ") + ")";
}

// --- index

FindIndex::FindIndex(std::shared_ptr<const Graph> graph) : m_graph(std::move(graph)) {
    std::unordered_map<const std::string*, uint32_t> targets;
    m_nodes.reserve(m_graph->size());
    for (const NodeId id : m_graph->order()) {
        const Node& node = (*m_graph)[id];
        m_nodes.push_back(id);
        m_begins.push_back(m_names.size());
        std::transform(node.name.begin(), node.name.end(), std::back_inserter(m_names), lower);
        m_names += '\n';
        const auto [found, isNew] = targets.try_emplace(&node.target.str(), static_cast<uint32_t>(m_targets.size()));
        m_target.push_back(found->second);
        if (isNew) {
            std::string& target = m_targets.emplace_back(node.target.str());
            std::transform(target.begin(), target.end(), target.begin(), lower);
        }
    }
}

std::vector<char> FindIndex::holding(std::string_view part, bool names) const {
    std::vector<char> inTarget(m_targets.size()), holds(m_nodes.size());
    for (size_t i = 0; i < m_targets.size(); ++i)
        inTarget[i] = m_targets[i].find(part) != std::string::npos;
    for (size_t i = 0; i < m_nodes.size(); ++i)
        holds[i] = inTarget[m_target[i]];
    size_t at = names ? m_names.find(part) : std::string::npos;
    auto line = m_begins.begin();
    while (at != std::string::npos && at < m_names.size()) {
        line = std::upper_bound(line, m_begins.end(), at); // the one behind
        holds[static_cast<size_t>(line - m_begins.begin()) - 1] = 1;
        at = line == m_begins.end() ? std::string::npos : m_names.find(part, *line);
    }
    return holds;
}

// --- reading

Result<FindQuery> FindQuery::parse(const QString& text) {
    FindQuery query;
    for (const QString& word : findWords(text)) {
        const bool negated = word.startsWith(u'-');
        if (word == QStringLiteral("-"))
            continue; // still typing
        FX_TRY(Term term, parseTerm(negated ? word.mid(1) : word));
        term.word = word;
        term.negated = negated;
        query.m_terms.push_back(std::move(term));
    }
    return query;
}

Result<FindQuery::Term> FindQuery::parseTerm(const QString& word) {
    if (word.startsWith(u'/'))
        return parseRegex(word);
    if (word.startsWith(u"users") && word.size() > 5 && QStringLiteral("<>=:").contains(word[5]))
        return parseUsers(word);
    if (word.startsWith(u"shape:"))
        return parseShape(word.mid(6));
    if (word.startsWith(u"is:"))
        return parseState(word);
    return parsePlain(word);
}

Result<FindQuery::Term> FindQuery::parsePlain(const QString& word) {
    Term term;
    qsizetype from = 0;
    const std::pair<QStringView, Kind> prefixes[] = {
        {u"op:", Kind::Operator}, {u"dtype:", Kind::DTypeName}, {u"module:", Kind::Module}, {u"arg:", Kind::Argument}};
    for (const auto& [prefix, kind] : prefixes)
        if (word.startsWith(prefix)) {
            term.kind = kind;
            from = prefix.size();
        }
    term.text = word.mid(from).toLower().toStdString();
    return term;
}

Result<FindQuery::Term> FindQuery::parseRegex(const QString& word) {
    const bool closed = word.size() > 1 && word.endsWith(u'/');
    Term term;
    const QString pattern = word.mid(1, word.size() - (closed ? 2 : 1));
    if (pattern.isEmpty() || pattern == QStringLiteral("^"))
        return term; // still typing: everything
    term.kind = Kind::Regex;
    term.regex = QRegularExpression(pattern);
    term.gaveUp = std::make_shared<std::atomic<size_t>>(0);
    if (!term.regex.isValid())
        return Diagnostic{term.regex.errorString().toStdString(), "regular expression", "write it between slashes"};
    term.text = requiredLetters(pattern);
    term.regex.setPattern(QStringLiteral("(*LIMIT_MATCH=%1)").arg(kMostSteps) + pattern);
    term.regex.optimize();
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

/// The beginning of a state is enough: one is still typing.
Result<FindQuery::Term> FindQuery::parseState(const QString& word) {
    Term term;
    term.kind = Kind::State;
    term.text = word.mid(3).toLower().toStdString();
    QStringList states;
    for (size_t i = 0; i < std::size(kStates); ++i) {
        states << kStates[i].toString();
        if (kStates[i].startsWith(word.mid(3).toLower()))
            term.number |= 1 << i;
    }
    if (term.number == 0)
        return Diagnostic{"a node cannot be " + term.text, word.toStdString(),
                          "is: takes " + states.join(QStringLiteral(", ")).toStdString()};
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
    for (const QString& size : inner.split(u',', Qt::SkipEmptyParts)) {
        term.sizes.push_back(size.trimmed().toStdString());
        term.numbers.push_back(parseInt(term.sizes.back()).value_or(-1));
    }
    return term;
}

// --- one part at one node

bool FindQuery::inText(const Term& term, const std::string& text, Span* where) {
    if (!where)
        return hasPart(text, term.text) && (term.kind != Kind::Regex || matchesRegex(term.regex, text, *term.gaveUp));
    Span span{findPart(text, term.text), term.text.size()};
    if (term.kind == Kind::Regex) {
        const QString subject = QString::fromStdString(text);
        const auto match = term.regex.match(subject);
        span.first = std::string::npos;
        if (match.hasMatch())
            span = {static_cast<size_t>(subject.left(match.capturedStart()).toUtf8().size()),
                    static_cast<size_t>(match.captured().toUtf8().size())};
    }
    *where = span;
    return span.first != std::string::npos;
}

bool FindQuery::inShape(const Term& term, const TensorMeta& tensor, size_t* first) {
    const size_t count = term.sizes.size();
    if (tensor.sizes.size() < count || (term.wholeShape && tensor.sizes.size() != count))
        return false;
    const auto fits = [&](size_t wanted, const SymInt& size) {
        if (term.sizes[wanted] == "*")
            return true;
        return size.isConstant() ? size.constant() == term.numbers[wanted] && term.numbers[wanted] >= 0
                                 : size.str() == term.sizes[wanted];
    };
    for (size_t from = 0; from + count <= tensor.sizes.size(); ++from) {
        size_t same = 0;
        while (same < count && fits(same, tensor.sizes[from + same]))
            ++same;
        if (first)
            *first = from;
        if (same == count)
            return true;
    }
    return false;
}

/// A value of several tensors: one of them.
bool FindQuery::inType(const Term& term, const ValueMeta& meta) {
    if (meta.kind() == ValueMeta::Kind::List)
        return std::any_of(meta.items().begin(), meta.items().end(),
                           [&](const ValueMeta& item) { return inType(term, item); });
    if (!meta.isTensor())
        return false;
    return term.kind == Kind::Shape ? inShape(term, meta.tensor()) : isDType(meta.tensor().dtype, term.text);
}

bool FindQuery::inModule(const Term& term, const Node& node, const FindScope& scope) {
    return moduleReason(term, node, scope).length > 0 || term.text.empty();
}

/// The first argument that holds the part, as it prints; empty: none.
std::string FindQuery::argumentWith(const Term& term, const Node& node, const FindScope& scope) {
    const Graph& graph = scope.after->alive(node.id) ? *scope.after : *scope.before;
    for (const Argument& argument : node.args)
        if (std::string text = io::writeArgument(graph, argument); hasPart(text, term.text))
            return text;
    for (const auto& [name, argument] : node.kwargs)
        if (std::string text = std::string(name) + "=" + io::writeArgument(graph, argument); hasPart(text, term.text))
            return text;
    return {};
}

/// Bit i of the part's number: state i is asked for.
bool FindQuery::inState(const Term& term, const Node& node, const FindScope& scope, QString* which) {
    if (term.text.empty())
        return true; // still typing: everything
    const bool is[] = {!scope.before->alive(node.id),   !scope.after->alive(node.id),
                       scope.changed.contains(node.id), node.op == Op::Placeholder,
                       node.op == Op::Output,           node.users.empty() && node.op != Op::Output};
    for (size_t i = 0; i < std::size(is); ++i)
        if (is[i] && (term.number >> i & 1)) {
            if (which)
                *which = kStates[i].toString();
            return true;
        }
    return false;
}

bool FindQuery::holds(const Term& term, const Node& node, const FindScope& scope) {
    switch (term.kind) {
    case Kind::Text:
    case Kind::Regex: return inText(term, node.name) || inText(term, node.target.str());
    case Kind::Operator: return inText(term, node.target.str());
    case Kind::Shape: return inType(term, node.meta);
    case Kind::DTypeName: return term.text.empty() || inType(term, node.meta);
    case Kind::Users: return compareUsers(static_cast<int64_t>(node.users.size()), term.comparison, term.number);
    case Kind::Module: return inModule(term, node, scope);
    case Kind::Argument: return term.text.empty() || !argumentWith(term, node, scope).empty();
    case Kind::State: return inState(term, node, scope);
    }
    return false;
}

// --- all nodes

/// One walk over a graph. Targets are few and interned: what a part says of one is remembered.
class FindQuery::Scan {
public:
    /// `indexed`: words are looked up already.
    Scan(const FindQuery& query, const FindScope& scope, bool indexed) : m_scope(scope) {
        for (const Term& term : query.m_terms)
            if (!indexed || !isOfText(term) || term.kind == Kind::Regex)
                m_terms.push_back({&term, {}});
    }
    bool isTrivial() const { return m_terms.empty(); }
    bool isHit(const Node& node) {
        return std::all_of(m_terms.begin(), m_terms.end(),
                           [&](Known& known) { return holds(known, node) != known.term->negated; });
    }

private:
    struct Known {
        const Term* term;
        std::unordered_map<const std::string*, bool> targets;
    };
    bool holds(Known& known, const Node& node) const {
        const Term& term = *known.term;
        if (term.kind == Kind::Operator)
            return inTarget(known, node);
        if (term.kind == Kind::Text || term.kind == Kind::Regex)
            return inTarget(known, node) || inText(term, node.name);
        return FindQuery::holds(term, node, m_scope);
    }
    static bool inTarget(Known& known, const Node& node) {
        if (node.op == Op::Placeholder || node.op == Op::GetAttr)
            return inText(*known.term, node.target.str()); // each has its own
        const auto [found, isNew] = known.targets.try_emplace(&node.target.str(), false);
        if (isNew)
            found->second = inText(*known.term, node.target.str());
        return found->second;
    }
    const FindScope& m_scope;
    std::vector<Known> m_terms;
};

bool FindQuery::usesIndex() const { return usesModules() || std::any_of(m_terms.begin(), m_terms.end(), isOfText); }

size_t FindQuery::gaveUp() const {
    size_t all = 0;
    for (const Term& term : m_terms)
        all += term.gaveUp ? term.gaveUp->load() : 0;
    return all;
}

bool FindQuery::usesModules() const {
    return std::any_of(m_terms.begin(), m_terms.end(), [](const Term& term) { return term.kind == Kind::Module; });
}

/// For each node of the index whether its name and target allow a hit; parts other than expressions are decided so.
std::vector<char> FindQuery::candidates(const FindIndex& index) const {
    std::vector<char> all(index.nodes().size(), 1);
    for (const Term& term : m_terms) {
        if (!isOfText(term) || (term.kind == Kind::Regex && term.negated))
            continue;
        const std::vector<char> holds = index.holding(term.text, term.kind != Kind::Operator);
        for (size_t i = 0; i < all.size(); ++i)
            all[i] = all[i] && (holds[i] != 0) != term.negated;
    }
    return all;
}

std::vector<NodeId> FindQuery::in(const FindScope& scope, const Cancel& cancel, const OnSome& onSome,
                                  const FindIndex* index) const {
    std::vector<NodeId> hits;
    if (isEmpty())
        return hits;
    auto next = std::chrono::steady_clock::now() + kFirstHitsAfter;
    const bool slow = std::any_of(m_terms.begin(), m_terms.end(), [](const Term& t) { return t.kind == Kind::Regex; });
    for (const Term& term : m_terms)
        if (term.gaveUp)
            *term.gaveUp = 0;
    const size_t block = slow ? kSmallBlock : kBlock;
    size_t looked = 0;
    const auto goesOn = [&] { // at each node; tells of the hits so far from time to time
        if (++looked % block)
            return true;
        if (onSome && !hits.empty() && std::chrono::steady_clock::now() > next) {
            onSome(hits);
            next = std::chrono::steady_clock::now() + kMoreHitsAfter;
        }
        return !cancel.requested();
    };
    Scan scan(*this, scope, index != nullptr);
    const std::vector<char> candidate = index ? candidates(*index) : std::vector<char>();
    for (size_t i = 0; i < candidate.size(); ++i) {
        if (!goesOn())
            return hits;
        if (candidate[i] && (scan.isTrivial() || scan.isHit((*scope.after)[index->nodes()[i]])))
            hits.push_back(index->nodes()[i]);
    }
    Scan whole(*this, scope, false);
    for (const NodeId id : scope.after->order()) {
        if (index || !goesOn())
            break;
        if (whole.isHit((*scope.after)[id]))
            hits.push_back(id);
    }
    if (scope.before == scope.after)
        return hits;
    for (const NodeId id : scope.before->order()) { // and what the step on show removed
        if (!goesOn())
            return hits;
        if (!scope.after->alive(id) && whole.isHit((*scope.before)[id]))
            hits.push_back(id);
    }
    return hits;
}

// --- why

std::vector<FindReason> FindQuery::reasons(const Node& node, const FindScope& scope) const {
    std::vector<FindReason> list;
    for (const Term& term : m_terms)
        list.push_back(reason(term, node, scope));
    return list;
}

FindReason FindQuery::reason(const Term& term, const Node& node, const FindScope& scope) {
    using Part = FindReason::Part;
    if (term.negated)
        return {"not " + term.word.mid(1).toStdString(), Part::Words, 0, 0};
    Span span;
    switch (term.kind) {
    case Kind::Text:
    case Kind::Regex:
    case Kind::Operator:
        if (term.kind != Kind::Operator && inText(term, node.name, &span))
            return {"name", Part::Name, span.first, span.length};
        inText(term, node.target.str(), &span);
        return {"target", Part::Target, span.first, span.length};
    case Kind::Shape:
    case Kind::DTypeName: return typeReason(term, node);
    case Kind::Users:
        return {counted(static_cast<int64_t>(node.users.size()), "user", "users"), Part::Words, 0,
                std::to_string(node.users.size()).size()};
    case Kind::Module: return moduleReason(term, node, scope);
    case Kind::Argument: {
        const std::string said = "argument ", text = argumentWith(term, node, scope);
        return {said + text, Part::Words, said.size() + findPart(text, term.text), term.text.size()};
    }
    case Kind::State: {
        QString which;
        inState(term, node, scope, &which);
        return {which == QStringLiteral("dead") ? "no users" : which.toStdString(), Part::Words, 0, 0};
    }
    }
    return {};
}

FindReason FindQuery::typeReason(const Term& term, const Node& node) {
    const std::string type = typeText(node.meta);
    FindReason result{(term.kind == Kind::Shape ? "shape " : "dtype ") + type, FindReason::Part::Type, 0, 0};
    const TensorMeta* tensor = node.tensor();
    if (!tensor)
        return result; // one of several values
    const size_t dtype = info(tensor->dtype).readable.size();
    if (term.kind == Kind::DTypeName) {
        result.text = "dtype " + std::string(name(tensor->dtype));
        result.length = dtype;
        return result;
    }
    size_t from = 0;
    inShape(term, *tensor, &from);
    result.first = dtype + 1;
    for (size_t i = 0; i < from + term.sizes.size(); ++i) {
        const size_t size = tensor->sizes[i].str().size();
        if (i < from)
            result.first += size + 2;
        else
            result.length += size + (i > from ? 2 : 0);
    }
    return result;
}

/// The innermost module that matched: those around it hold the same words. Length 0: none.
FindReason FindQuery::moduleReason(const Term& term, const Node& node, const FindScope& scope) {
    const std::string said = "module ";
    FindReason reason{said, FindReason::Part::Words, 0, 0};
    const auto holds = [&](const std::string& words) {
        const size_t at = findPart(words, term.text);
        if (at == std::string::npos)
            return false;
        reason = {said + words, FindReason::Part::Words, said.size() + at, term.text.size()};
        return true;
    };
    if (node.origin && !node.origin->modules.empty()) {
        const auto& modules = node.origin->modules;
        for (auto frame = modules.rbegin(); frame != modules.rend(); ++frame)
            if (holds(frame->path) || holds(frame->type))
                break;
    } else if (scope.modules) {
        for (int group = scope.modules->groupOf(node.id); group > 0; group = (*scope.modules)[group].parent)
            if (holds((*scope.modules)[group].path) || holds((*scope.modules)[group].type))
                break;
    }
    return reason;
}

} // namespace fxscope
