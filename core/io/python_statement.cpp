// SPDX-License-Identifier: BSD-3-Clause
// Reads the right sides of statements into nodes; what is written is told apart in the order of formats.md 2.4.
#include "core/io/python_statement.h"

#include "core/io/python_operators.h"
#include "core/io/python_string.h"
#include "core/io/source.h"
#include "core/io/words.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

void setFunction(NodeBody& body, std::string target, ArgumentList args) {
    body.op = Op::CallFunction;
    body.target = Target(target);
    body.args = std::move(args);
}

/// self.a.b, getattr(self, "0").w, getattr(getattr(self, "a"), "0"): the path of an attribute, "a.b".
bool modulePath(PythonValues& values, std::string& path, int depth = 0) {
    const std::string_view word = values.identifier();
    if (word == "getattr" && depth < 64) {
        std::string item;
        if (!values.eat("(") || !modulePath(values, path, depth + 1) || !values.eat(",") ||
            !values.quotedString(item) || !values.eat(")"))
            return values.fail("expected getattr(self, \"name\")");
        path += (path.empty() ? "" : ".") + item;
    } else if (word != "self") {
        return values.fail("expected self");
    }
    while (values.peek() == '.') {
        values.eat(".");
        const std::string_view part = values.identifier();
        if (part.empty())
            return values.fail("expected a name after the dot");
        (path += path.empty() ? "" : ".") += part;
    }
    return true;
}

bool readAttribute(PythonValues& values, NodeBody& body) {
    std::string path;
    if (!modulePath(values, path))
        return false;
    if (path.empty())
        return values.fail("expected an attribute after self");
    body.op = values.peek() == '(' ? Op::CallModule : Op::GetAttr;
    body.target = Target(path);
    return body.op == Op::GetAttr || values.arguments(body.args, body.kwargs);
}

/// What follows a first operand: .method(...), .attribute, [index], OP value, or nothing.
bool readSuffix(PythonValues& values, NodeBody& body, Argument first, std::optional<NodeId>& alias) {
    if (values.peek() == '.') {
        values.eat(".");
        const std::string name(values.identifier());
        if (name.empty())
            return values.fail("expected a name after the dot");
        if (values.peek() != '(') {
            setFunction(body, "builtins.getattr", {std::move(first), Argument::string(name)});
            return true;
        }
        body.op = Op::CallMethod;
        body.target = Target(name);
        body.args.push_back(std::move(first));
        return values.arguments(body.args, body.kwargs);
    }
    if (values.peek() == '[') {
        values.eat("[");
        Argument index;
        if (!values.value(index))
            return false;
        setFunction(body, "operator.getitem", {std::move(first), std::move(index)});
        return values.eat("]") || values.fail("expected ] after the index",
                                              "slices are written slice(start, stop, step), tuples in parentheses");
    }
    if (values.atEnd()) {
        if (!first.isNode())
            return values.fail("a constant is no node", "write the constant where it is used");
        alias = first.asNode();
        return true;
    }
    const PythonOperator* op = binaryOperatorAt(values.rest());
    Argument second;
    if (!op)
        return values.fail("expected an operator before '" + displayText(values.rest().substr(0, 20)) + "'");
    values.eat(op->sign);
    if (!values.value(second))
        return false;
    setFunction(body, "operator." + std::string(op->name), {std::move(first), std::move(second)});
    return true;
}

bool startsWithSelf(std::string_view text) {
    while (text.starts_with("getattr("))
        text = trim(text.substr(8));
    return text.starts_with("self.") || text.starts_with("self,");
}

bool isUnary(const PythonValues& values) {
    const char sign = values.peek(), next = values.peek(1);
    if (sign != '-' && sign != '+' && sign != '~')
        return false;
    const std::string_view operand = values.rest().substr(1);
    return next == '(' || next == '[' || sign == '~' ||
           (isWordStart(next) && !operand.starts_with("inf") && !operand.starts_with("nan"));
}

bool readFunction(PythonValues& values, NodeBody& body, std::string_view name) {
    body.op = Op::CallFunction;
    body.target = Target(canonicalFunction(name));
    return values.arguments(body.args, body.kwargs);
}

} // namespace

bool readExpression(PythonValues& values, NodeBody& body, std::optional<NodeId>& alias) {
    values.skipSpace();
    if (isUnary(values)) {
        const PythonOperator* op = unaryOperatorAt(values.rest());
        Argument operand;
        values.eat(op->sign);
        if (!values.value(operand))
            return false;
        setFunction(body, "operator." + std::string(op->name), {std::move(operand)});
        return values.atEnd() || values.fail("text after the expression");
    }
    if (startsWithSelf(values.rest()))
        return readAttribute(values, body) && (values.atEnd() || values.fail("text after the expression"));
    const size_t from = values.position();
    Argument first;
    if (isWordStart(values.peek()) && !isStringStart(values.rest())) {
        const std::string_view word = values.identifier();
        if (const auto node = values.names().find(word)) {
            first = Argument::node(NodeId{*node});
            return readSuffix(values, body, std::move(first), alias) &&
                   (values.atEnd() || values.fail("text after the expression", "one operation a line"));
        }
        values.rewind(from);
        const std::string_view name = values.dottedName();
        if (values.peek() == '(' && name != "device" && name != "slice")
            return readFunction(values, body, name) &&
                   (values.atEnd() || values.fail("text after the expression", "one operation a line"));
        values.rewind(from);
    }
    if (!values.operand(first))
        return values.fail("expected an expression before '" + displayText(values.rest().substr(0, 20)) + "'");
    values.skipSpace();
    return readSuffix(values, body, std::move(first), alias) &&
           (values.atEnd() || values.fail("text after the expression"));
}

Result<Done> readMutation(const PythonStatement& statement, const NameTable& names, const std::string& where,
                          NodeBody& body) {
    const auto object = names.find(statement.object);
    if (!object)
        return names.undefined(statement.object, atLine(where, statement.line));
    PythonValues values(statement.expression, names);
    ArgumentList args{Argument::node(NodeId{*object})};
    std::string target = "operator.setitem";
    bool read = true;
    if (statement.kind == PythonStatement::Kind::SetItem) {
        read = values.eat("[") && values.value(args.emplace_back()) && values.eat("]") && values.eat("=");
    } else {
        const PythonOperator* op = inplaceOperatorAt(statement.expression);
        target = "operator." + std::string(op->name);
        values.eat(op->sign);
    }
    if (!read || !values.value(args.emplace_back()) || !values.atEnd())
        return values.error(atLine(where, statement.line));
    setFunction(body, std::move(target), std::move(args));
    return Done{};
}

bool readReturn(PythonValues& values, Argument& out) {
    const bool unflatten = values.eat("pytree.tree_unflatten(");
    if (unflatten && values.eat("self._out_shuffle_graph")) {
        ArgumentList args;
        Kwargs kwargs;
        if (!values.arguments(args, kwargs))
            return false;
        out = Argument::tuple(std::move(args));
    } else if (values.atEnd()) {
        out = Argument::none();
    } else if (!values.value(out)) {
        return false;
    }
    if (unflatten && !(values.eat(",") && values.eat("self._out_spec") && values.eat(")")))
        return values.fail("expected ', self._out_spec)'");
    return values.atEnd() || values.fail("text after the returned value");
}

} // namespace fxscope::io
