// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/dtype.h"
#include "core/graph/sym_int.h"

#include <compare>
#include <complex>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fxscope {

/// Names a node of one graph for as long as that graph and its versions live; never reused, also not after erasure.
struct NodeId {
    uint32_t index = UINT32_MAX;
    bool valid() const { return index != UINT32_MAX; }
    auto operator<=>(const NodeId&) const = default;
};

class Argument;
using ArgumentList = std::vector<Argument>;
using Kwarg = std::pair<std::string, Argument>; ///< order matters in FX, so kwargs are a list of pairs
using Kwargs = std::vector<Kwarg>;

/// One argument of an FX node. Immutable like FX's own lists; copying shares nested content.
class Argument {
public:
    enum class Kind : uint8_t {
        None,
        Bool,
        Int,
        Float,
        Complex,
        String,
        Node,
        Sym,
        DType,
        Device,
        Layout,
        MemoryFormat,
        List,
        Tuple,
        Dict,
        Slice,
        Ellipsis,
        Range,
        Operator,
        Opaque
    };

    Argument() = default;
    static Argument none() { return {}; }
    static Argument boolean(bool value) { return Argument(Value(value)); }
    static Argument integer(int64_t value) { return Argument(Value(value)); }
    static Argument floating(double value) { return Argument(Value(value)); }
    static Argument complex(std::complex<double> value) { return Argument(Value(value)); }
    static Argument string(std::string value) { return Argument(Value(std::move(value))); }
    static Argument node(NodeId id) { return Argument(Value(id)); }
    static Argument sym(SymInt value) {
        return value.isConstant() ? integer(value.constant()) : Argument(Value(std::move(value)));
    }
    static Argument dtype(DType value) { return Argument(Value(value)); }
    static Argument device(Device value) { return Argument(Value(std::move(value))); }
    static Argument layout(Layout value) { return Argument(Value(value)); }
    static Argument memoryFormat(MemoryFormat value) { return Argument(Value(value)); }
    static Argument list(ArgumentList items);
    static Argument tuple(ArgumentList items);
    static Argument dict(Kwargs items); ///< string keys only: FX has no other in practice
    static Argument slice(Argument start, Argument stop, Argument step);
    static Argument ellipsis() { return Argument(Value(EllipsisValue{})); }
    static Argument range(int64_t start, int64_t stop, int64_t step) {
        return Argument(Value(RangeValue{start, stop, step}));
    }
    static Argument op(std::string canonicalTarget) {
        return Argument(Value(OperatorValue{std::move(canonicalTarget)}));
    }
    static Argument opaque(std::string text) { return Argument(Value(OpaqueValue{std::move(text)})); }

    Kind kind() const { return static_cast<Kind>(m_value.index()); }
    bool isNone() const { return kind() == Kind::None; }
    bool isNode() const { return kind() == Kind::Node; }
    bool isInt() const { return kind() == Kind::Int; }
    bool isSequence() const { return kind() == Kind::List || kind() == Kind::Tuple; }

    bool asBool() const { return std::get<bool>(m_value); }
    int64_t asInt() const { return std::get<int64_t>(m_value); }
    double asFloat() const { return std::get<double>(m_value); }
    std::complex<double> asComplex() const { return std::get<std::complex<double>>(m_value); }
    const std::string& asString() const { return std::get<std::string>(m_value); }
    NodeId asNode() const { return std::get<NodeId>(m_value); }
    const SymInt& asSym() const { return std::get<SymInt>(m_value); }
    DType asDType() const { return std::get<DType>(m_value); }
    const Device& asDevice() const { return std::get<Device>(m_value); }
    Layout asLayout() const { return std::get<Layout>(m_value); }
    MemoryFormat asMemoryFormat() const { return std::get<MemoryFormat>(m_value); }
    const ArgumentList& items() const; ///< of a List, Tuple or Slice (start, stop, step)
    const Kwargs& dict() const;
    struct RangeValue {
        int64_t start, stop, step;
        bool operator==(const RangeValue&) const = default;
    };
    const RangeValue& asRange() const { return std::get<RangeValue>(m_value); }
    const std::string& asOperator() const { return std::get<OperatorValue>(m_value).target; }
    const std::string& asOpaque() const { return std::get<OpaqueValue>(m_value).text; }

    /// Same kind and content. Python's 1 == True == 1.0 is the matcher's business, not ours; NaN equals NaN.
    friend bool operator==(const Argument& a, const Argument& b);

private:
    struct EllipsisValue {
        bool operator==(const EllipsisValue&) const = default;
    };
    struct OperatorValue {
        std::string target;
        bool operator==(const OperatorValue&) const = default;
    };
    struct OpaqueValue {
        std::string text;
        bool operator==(const OpaqueValue&) const = default;
    };
    template <int Tag> struct Sequence { std::shared_ptr<const ArgumentList> items; };
    struct DictValue {
        std::shared_ptr<const Kwargs> items;
    };
    using ListValue = Sequence<0>;
    using TupleValue = Sequence<1>;
    using SliceValue = Sequence<2>;
    using Value = std::variant<std::monostate, bool, int64_t, double, std::complex<double>, std::string, NodeId, SymInt,
                               DType, Device, Layout, MemoryFormat, ListValue, TupleValue, DictValue, SliceValue,
                               EllipsisValue, RangeValue, OperatorValue, OpaqueValue>;
    explicit Argument(Value value) : m_value(std::move(value)) {}
    Value m_value;
};

/// Every node mentioned in `argument`, depth first, with repetition.
template <class Visit> void forEachNode(const Argument& argument, const Visit& visit) {
    switch (argument.kind()) {
    case Argument::Kind::Node: visit(argument.asNode()); break;
    case Argument::Kind::List:
    case Argument::Kind::Tuple:
    case Argument::Kind::Slice:
        for (const Argument& item : argument.items())
            forEachNode(item, visit);
        break;
    case Argument::Kind::Dict:
        for (const Kwarg& item : argument.dict())
            forEachNode(item.second, visit);
        break;
    default: break;
    }
}
/// A copy with each node reference replaced by what `map` returns; shares what does not change.
Argument mapNodes(const Argument& argument, const std::function<Argument(NodeId)>& map);

} // namespace fxscope
