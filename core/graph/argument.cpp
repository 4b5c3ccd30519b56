// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/argument.h"

#include <cmath>

namespace fxscope {

Argument Argument::list(ArgumentList items) {
    return Argument(Value(ListValue{std::make_shared<const ArgumentList>(std::move(items))}));
}
Argument Argument::tuple(ArgumentList items) {
    return Argument(Value(TupleValue{std::make_shared<const ArgumentList>(std::move(items))}));
}
Argument Argument::dict(Kwargs items) {
    return Argument(Value(DictValue{std::make_shared<const Kwargs>(std::move(items))}));
}
Argument Argument::slice(Argument start, Argument stop, Argument step) {
    ArgumentList items;
    items.reserve(3);
    items.push_back(std::move(start));
    items.push_back(std::move(stop));
    items.push_back(std::move(step));
    return Argument(Value(SliceValue{std::make_shared<const ArgumentList>(std::move(items))}));
}

const ArgumentList& Argument::items() const {
    switch (kind()) {
    case Kind::List: return *std::get<ListValue>(m_value).items;
    case Kind::Tuple: return *std::get<TupleValue>(m_value).items;
    default: return *std::get<SliceValue>(m_value).items;
    }
}
const Kwargs& Argument::dict() const { return *std::get<DictValue>(m_value).items; }

bool operator==(const Argument& a, const Argument& b) {
    if (a.kind() != b.kind())
        return false;
    switch (a.kind()) {
    case Argument::Kind::Float:
        return a.asFloat() == b.asFloat() || (std::isnan(a.asFloat()) && std::isnan(b.asFloat()));
    case Argument::Kind::List:
    case Argument::Kind::Tuple:
    case Argument::Kind::Slice: return &a.items() == &b.items() || a.items() == b.items();
    case Argument::Kind::Dict: return &a.dict() == &b.dict() || a.dict() == b.dict();
    case Argument::Kind::None:
    case Argument::Kind::Ellipsis: return true;
    case Argument::Kind::Bool: return a.asBool() == b.asBool();
    case Argument::Kind::Int: return a.asInt() == b.asInt();
    case Argument::Kind::Complex: return a.asComplex() == b.asComplex();
    case Argument::Kind::String: return a.asString() == b.asString();
    case Argument::Kind::Node: return a.asNode() == b.asNode();
    case Argument::Kind::Sym: return a.asSym() == b.asSym();
    case Argument::Kind::DType: return a.asDType() == b.asDType();
    case Argument::Kind::Device: return a.asDevice() == b.asDevice();
    case Argument::Kind::Layout: return a.asLayout() == b.asLayout();
    case Argument::Kind::MemoryFormat: return a.asMemoryFormat() == b.asMemoryFormat();
    case Argument::Kind::Range: return a.asRange() == b.asRange();
    case Argument::Kind::Operator: return a.asOperator() == b.asOperator();
    case Argument::Kind::Opaque: return a.asOpaque() == b.asOpaque();
    }
    return false;
}

Argument mapNodes(const Argument& argument, const std::function<Argument(NodeId)>& map) {
    switch (argument.kind()) {
    case Argument::Kind::Node: return map(argument.asNode());
    case Argument::Kind::List:
    case Argument::Kind::Tuple:
    case Argument::Kind::Slice: {
        ArgumentList items;
        items.reserve(argument.items().size());
        for (const Argument& item : argument.items())
            items.push_back(mapNodes(item, map));
        if (items == argument.items())
            return argument;
        if (argument.kind() == Argument::Kind::Slice)
            return Argument::slice(items[0], items[1], items[2]);
        return argument.kind() == Argument::Kind::List ? Argument::list(std::move(items))
                                                       : Argument::tuple(std::move(items));
    }
    case Argument::Kind::Dict: {
        Kwargs items;
        items.reserve(argument.dict().size());
        for (const Kwarg& item : argument.dict())
            items.emplace_back(item.first, mapNodes(item.second, map));
        return Argument::dict(std::move(items));
    }
    default: return argument;
    }
}

} // namespace fxscope
