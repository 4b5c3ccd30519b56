// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/repr.h"

#include "core/io/capture.h"
#include "core/support/text.h"

#include <cmath>

namespace fxscope::io {
namespace {

void appendItems(std::string& out, const Graph& graph, const ArgumentList& items, Dialect dialect) {
    for (size_t i = 0; i < items.size(); ++i) {
        if (i)
            out += ", ";
        appendArgument(out, graph, items[i], dialect);
    }
}

void appendDict(std::string& out, const Graph& graph, const Kwargs& items, Dialect dialect) {
    out += '{';
    for (size_t i = 0; i < items.size(); ++i) {
        if (i)
            out += ", ";
        out += dialect == Dialect::Python ? reprString(items[i].first) : items[i].first;
        out += ": ";
        appendArgument(out, graph, items[i].second, dialect);
    }
    out += '}';
}

/// Python drops ".0" from the parts of a complex number, and a real part of plus zero altogether.
std::string reprComplex(std::complex<double> value) {
    const auto part = [](double number) {
        std::string text = reprFloat(number);
        return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
    };
    const std::string imaginary = part(value.imag()) + "j";
    if (value.real() == 0 && !std::signbit(value.real()))
        return imaginary;
    const bool sign = imaginary[0] == '-';
    return "(" + part(value.real()) + (sign ? "" : "+") + imaginary + ")";
}

std::string reprDevice(const Device& device) {
    std::string text = "device(type='" + device.type + "'";
    if (device.index >= 0)
        text += ", index=" + std::to_string(device.index);
    return text + ")";
}

std::string reprRange(const Argument::RangeValue& range) {
    std::string text = "range(" + std::to_string(range.start) + ", " + std::to_string(range.stop);
    if (range.step != 1)
        text += ", " + std::to_string(range.step);
    return text + ")";
}

} // namespace

void appendArgument(std::string& out, const Graph& graph, const Argument& argument, Dialect dialect) {
    using Kind = Argument::Kind;
    const bool printed = dialect == Dialect::Printed;
    switch (argument.kind()) {
    case Kind::None: out += "None"; break;
    case Kind::Bool: out += argument.asBool() ? "True" : "False"; break;
    case Kind::Int: out += std::to_string(argument.asInt()); break;
    case Kind::Float: out += reprFloat(argument.asFloat()); break;
    case Kind::Complex: out += reprComplex(argument.asComplex()); break;
    case Kind::String: out += printed ? argument.asString() : reprString(argument.asString()); break;
    case Kind::Node: (out += printed ? "%" : "") += graph[argument.asNode()].name; break;
    case Kind::Sym: out += argument.asSym().str(); break;
    case Kind::DType: (out += "torch.") += name(argument.asDType()); break;
    case Kind::Device: out += printed ? argument.asDevice().str() : reprDevice(argument.asDevice()); break;
    case Kind::Layout: (out += "torch.") += name(argument.asLayout()); break;
    case Kind::MemoryFormat: (out += "torch.") += name(argument.asMemoryFormat()); break;
    case Kind::List:
        out += '[';
        appendItems(out, graph, argument.items(), dialect);
        out += ']';
        break;
    case Kind::Tuple:
        out += '(';
        appendItems(out, graph, argument.items(), dialect);
        out += argument.items().size() == 1 ? ",)" : ")";
        break;
    case Kind::Dict: appendDict(out, graph, argument.dict(), dialect); break;
    case Kind::Slice: // str(slice) shows its members as Python does, in both dialects
        out += "slice(";
        appendItems(out, graph, argument.items(), Dialect::Python);
        out += ')';
        break;
    case Kind::Ellipsis: out += "Ellipsis"; break;
    case Kind::Range: out += reprRange(argument.asRange()); break;
    case Kind::Operator: {
        const std::string_view target = argument.asOperator();
        out += printed && target.starts_with("torch.ops.") ? target.substr(10) : target;
        break;
    }
    case Kind::Opaque: out += argument.asOpaque(); break;
    }
}

std::string writeArgument(const Graph& graph, const Argument& argument) {
    std::string out;
    appendArgument(out, graph, argument);
    return out;
}

} // namespace fxscope::io
