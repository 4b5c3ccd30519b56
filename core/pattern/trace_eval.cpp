// SPDX-License-Identifier: BSD-3-Clause
// Expressions of a traced function: constants fold, tensors make calls.
#include "core/pattern/tracer.h"
#include "core/support/text.h"

#include <algorithm>
#include <cmath>

namespace fxscope {
namespace {

constexpr size_t kMaxLeaves = 10'000;
constexpr int kMaxNesting = 50;

using TraceKind = TraceValue::Kind;
using py::Expr;

TraceValue function(std::string path) {
    TraceValue value;
    value.kind = TraceKind::Function;
    value.path = std::move(path);
    return value;
}

/// What `torch.X` is if it is no function.
std::optional<Argument> torchConstant(std::string_view name) {
    if (const auto dtype = dtypeFromTorch(name))
        return Argument::dtype(*dtype);
    if (const auto format = memoryFormatFromName(name))
        return Argument::memoryFormat(*format);
    if (const auto layout = layoutFromName(name))
        return Argument::layout(*layout);
    if (name == "inf")
        return Argument::floating(INFINITY);
    if (name == "pi")
        return Argument::floating(M_PI);
    return std::nullopt;
}

/// The type's name in Python's AttributeError.
std::string typeName(const TraceValue& value) {
    if (value.kind == TraceKind::Sym)
        return "SymInt";
    if (value.kind == TraceKind::Sequence)
        return value.list ? "list" : "tuple";
    if (value.kind == TraceKind::Slice)
        return "slice";
    switch (value.constant.kind()) {
    case Argument::Kind::None: return "NoneType";
    case Argument::Kind::Bool: return "bool";
    case Argument::Kind::Int: return "int";
    case Argument::Kind::Float: return "float";
    case Argument::Kind::Complex: return "complex";
    case Argument::Kind::String: return "str";
    case Argument::Kind::DType: return "torch.dtype";
    case Argument::Kind::Device: return "torch.device";
    default: return "object";
    }
}

/// torch.finfo(dtype).min, max or eps.
std::optional<double> floatLimit(DType dtype, std::string_view name) {
    struct Limits {
        DType dtype;
        double max, eps;
    };
    static constexpr Limits kLimits[] = {{DType::Float16, 65504.0, 0x1p-10},
                                         {DType::BFloat16, 0x1.FEp127, 0x1p-7},
                                         {DType::Float32, 0x1.FFFFFEp127, 0x1p-23},
                                         {DType::Float64, 0x1.FFFFFFFFFFFFFp1023, 0x1p-52}};
    for (const Limits& limits : kLimits)
        if (limits.dtype == dtype && (name == "min" || name == "max" || name == "eps"))
            return name == "eps" ? limits.eps : name == "max" ? limits.max : -limits.max;
    return std::nullopt;
}

/// Values that tuples in tuples hold in all, and how deep they are nested.
struct TupleExtent {
    size_t leaves = 1;
    int depth = 0;
};
TupleExtent tupleExtent(const TraceValue& value) {
    if (value.kind != TraceKind::Sequence)
        return {};
    TupleExtent extent{0, 0};
    for (const TraceValue& item : value.items) {
        const TupleExtent inner = tupleExtent(item);
        extent.leaves += inner.leaves;
        extent.depth = std::max(extent.depth, inner.depth);
    }
    return {extent.leaves, extent.depth + 1};
}

/// a ** b of integers, b not negative; nothing: it does not fit 64 bits.
std::optional<int64_t> integerPower(int64_t base, int64_t exponent) {
    int64_t result = 1;
    while (exponent > 0) {
        if (exponent % 2 != 0 && __builtin_mul_overflow(result, base, &result))
            return std::nullopt;
        exponent /= 2;
        if (exponent > 0 && __builtin_mul_overflow(base, base, &base))
            return std::nullopt;
    }
    return result;
}

bool isSymbol(const SymInt& size) {
    std::vector<std::string> names;
    size.collectSymbols(names);
    return names.size() == 1 && size == SymInt::symbol(names.front());
}

Result<TraceValue> constantBinary(Tracer& tracer, const std::string& op, const Argument& a, const Argument& b) {
    const double x = numberOf(a), y = numberOf(b);
    if ((op == "/" || op == "//" || op == "%") && y == 0)
        return tracer.error("ZeroDivisionError: division by zero");
    if (op == "/")
        return TraceValue::of(Argument::floating(x / y));
    if (op == "**" && a.isInt() && b.isInt() && b.asInt() >= 0) {
        const auto power = integerPower(a.asInt(), b.asInt());
        if (!power)
            return tracer.error("OverflowError: the number does not fit 64 bits");
        return TraceValue::of(Argument::integer(*power));
    }
    if (op == "**")
        return TraceValue::of(Argument::floating(std::pow(x, y)));
    if (a.isInt() && b.isInt()) {
        const SymInt left = a.asInt(), right = b.asInt();
        const SymInt result = op == "+"    ? left + right
                              : op == "-"  ? left - right
                              : op == "*"  ? left * right
                              : op == "//" ? floorDiv(left, right)
                                           : mod(left, right);
        if (!result.isConstant())
            return tracer.error("OverflowError: the number does not fit 64 bits");
        return TraceValue::of(Argument::integer(result.constant()));
    }
    const double floored = std::floor(x / y);
    return TraceValue::of(Argument::floating(op == "+"    ? x + y
                                             : op == "-"  ? x - y
                                             : op == "*"  ? x * y
                                             : op == "//" ? floored
                                                          : x - floored * y));
}

} // namespace

Result<TraceValue> Tracer::evaluate(const Expr& expr, const Scope& scope) {
    m_line = expr.line;
    switch (expr.kind) {
    case Expr::Kind::Int: return TraceValue::of(Argument::integer(expr.integer));
    case Expr::Kind::Float: return TraceValue::of(Argument::floating(expr.number));
    case Expr::Kind::String: return TraceValue::of(Argument::string(expr.text));
    case Expr::Kind::Constant:
        return TraceValue::of(expr.text == "None"  ? Argument::none()
                              : expr.text == "..." ? Argument::ellipsis()
                                                   : Argument::boolean(expr.text == "True"));
    case Expr::Kind::Name: {
        if (const auto found = scope.find(expr.text); found != scope.end())
            return found->second;
        if (expr.text == "torch" || expr.text == "math" || expr.text == "operator")
            return function(expr.text);
        return Diagnostic{
            "not supported: the name " + displayText(expr.text) + " is not defined here",
            py::place(m_options.where, expr.line),
            "use the parameters, torch.* and torch.ops.*; pattern and replacement call no other function"};
    }
    case Expr::Kind::Attribute: {
        FX_TRY(const TraceValue object, evaluate(*expr.items[0], scope));
        m_line = expr.line;
        return attribute(object, expr.text);
    }
    case Expr::Kind::Tuple:
    case Expr::Kind::List: {
        TraceValue value;
        value.kind = TraceKind::Sequence;
        value.list = expr.kind == Expr::Kind::List;
        for (const py::ExprPtr& item : expr.items) {
            FX_TRY(TraceValue one, evaluate(*item, scope));
            value.items.push_back(std::move(one));
        }
        if (const TupleExtent extent = tupleExtent(value); extent.leaves > kMaxLeaves || extent.depth > kMaxNesting)
            return unsupported("lists or tuples of more than " + std::to_string(kMaxLeaves) +
                               " values or nested more than " + std::to_string(kMaxNesting) + " times");
        return value;
    }
    case Expr::Kind::Slice: {
        TraceValue value;
        value.kind = TraceKind::Slice;
        for (const py::ExprPtr& part : expr.items) {
            if (!part) {
                value.items.push_back(TraceValue::of(Argument::none()));
                continue;
            }
            FX_TRY(TraceValue one, evaluate(*part, scope));
            value.items.push_back(std::move(one));
        }
        return value;
    }
    case Expr::Kind::Subscript: {
        FX_TRY(const TraceValue object, evaluate(*expr.items[0], scope));
        FX_TRY(const TraceValue index, evaluate(*expr.items[1], scope));
        m_line = expr.line;
        return subscript(object, index);
    }
    case Expr::Kind::Call: {
        FX_TRY(const TraceValue callee, evaluate(*expr.items[0], scope));
        std::vector<TraceValue> args;
        CallKeywords kwargs;
        for (size_t i = 1; i < expr.items.size(); ++i) {
            FX_TRY(TraceValue arg, evaluate(*expr.items[i], scope));
            args.push_back(std::move(arg));
        }
        for (const auto& [key, value] : expr.keywords) {
            FX_TRY(TraceValue arg, evaluate(*value, scope));
            kwargs.emplace_back(key, std::move(arg));
        }
        m_line = expr.line;
        return callFunction(callee, std::move(args), std::move(kwargs));
    }
    case Expr::Kind::Unary: {
        FX_TRY(const TraceValue operand, evaluate(*expr.items[0], scope));
        m_line = expr.line;
        if (expr.text == "+")
            return operand;
        if (operand.kind == TraceKind::Tensor)
            return callPacket(expr.text == "-" ? "torch.ops.aten.neg" : "torch.ops.aten.bitwise_not", {operand}, {},
                              false);
        if (expr.text == "-")
            return binary("*", operand, TraceValue::of(Argument::integer(-1)));
        return unsupported("~ of something that is no tensor");
    }
    case Expr::Kind::Binary: {
        FX_TRY(const TraceValue left, evaluate(*expr.items[0], scope));
        FX_TRY(const TraceValue right, evaluate(*expr.items[1], scope));
        m_line = expr.line;
        return binary(expr.text, left, right);
    }
    case Expr::Kind::Dict: return unsupported("a dict inside of a traced function");
    }
    return unsupported("this expression");
}

Result<TraceValue> Tracer::attribute(const TraceValue& object, const std::string& name) {
    if (object.kind == TraceKind::Function && object.items.empty()) {
        if (object.path == "torch")
            if (const auto constant = torchConstant(name))
                return TraceValue::of(*constant);
        return function(object.path + "." + name);
    }
    if (object.kind == TraceKind::Function && object.path == "torch.finfo") {
        if (const auto limit = floatLimit(object.items.front().constant.asDType(), name))
            return TraceValue::of(Argument::floating(*limit));
        return unsupported("torch.finfo(dtype)." + name);
    }
    if (object.kind == TraceKind::Tensor) {
        const TensorMeta& tensor = meta(object.node);
        if (name == "shape" || name == "size" || name == "dim" || name == "ndim" || name == "stride") {
            if (name == "ndim")
                return TraceValue::of(Argument::integer(int64_t(tensor.sizes.size())));
            if (name == "shape") {
                TraceValue sizes;
                sizes.kind = TraceKind::Sequence;
                for (size_t dim = 0; dim < tensor.sizes.size(); ++dim)
                    sizes.items.push_back(sizeOf(object.node, dim));
                return sizes;
            }
        }
        if (name == "dtype")
            return TraceValue::of(Argument::dtype(tensor.dtype));
        if (name == "device")
            return TraceValue::of(tensor.device ? Argument::device(*tensor.device) : Argument::none());
        if (name == "T" || name == "mT" || name == "H" || name == "real" || name == "imag" || name == "grad")
            return unsupported("." + name + "; write the ATen operator, for example torch.ops.aten.permute.default");
        TraceValue method = function(name);
        method.items.push_back(object);
        return method;
    }
    if (object.kind == TraceKind::Constant && object.constant.kind() == Argument::Kind::Device && name == "type")
        return TraceValue::of(Argument::string(object.constant.asDevice().type));
    return error("AttributeError: '" + typeName(object) + "' object has no attribute '" + name + "'");
}

std::optional<SymInt> Tracer::symOf(const TraceValue& value) const {
    if (value.isInt())
        return SymInt(value.constant.asInt());
    if (value.kind == TraceKind::Sym)
        return m_symbols[value.sym].value;
    return std::nullopt;
}

TraceValue Tracer::sizeOf(NodeId tensor, size_t dim) {
    const SymInt& size = meta(tensor).sizes[dim];
    if (size.isConstant())
        return TraceValue::of(Argument::integer(size.constant()));
    TraceValue value;
    value.kind = TraceKind::Sym;
    if (const auto found = m_sizes.find({tensor.index, dim}); found != m_sizes.end()) {
        value.sym = found->second;
        return value;
    }
    // A symbol that was taken as an input of its own is that input wherever it stands (seen in PyTorch 2.11).
    for (const auto& [taken, index] : m_taken)
        if (isSymbol(size) && taken == size) {
            value.sym = index;
            return value;
        }
    // A result's size is the very symbol of the input it came from; an input's size is asked of that input.
    if (m_graph[tensor].op != Op::Placeholder)
        for (size_t i = 0; i < m_symbols.size(); ++i)
            if (m_symbols[i].value == size) {
                value.sym = i;
                return value;
            }
    value.sym = m_sizes[{tensor.index, dim}] = m_symbols.size();
    m_symbols.push_back({.value = size, .tensor = tensor, .dim = dim});
    return value;
}

Result<TraceValue> Tracer::symBinary(const std::string& op, const TraceValue& a, const TraceValue& b) {
    static const std::map<std::string, const char*> kTargets{{"+", "operator.add"},
                                                             {"-", "operator.sub"},
                                                             {"*", "operator.mul"},
                                                             {"//", "operator.floordiv"},
                                                             {"%", "operator.mod"}};
    const auto target = kTargets.find(op);
    if (target == kTargets.end())
        return unsupported("`" + op + "` of a symbolic size");
    const SymInt x = *symOf(a), y = *symOf(b);
    const SymInt result = op == "+"    ? x + y
                          : op == "-"  ? x - y
                          : op == "*"  ? x * y
                          : op == "//" ? floorDiv(x, y)
                                       : mod(x, y);
    if (result.isConstant())
        return TraceValue::of(Argument::integer(result.constant()));
    TraceValue value;
    value.kind = TraceKind::Sym;
    value.sym = m_symbols.size();
    m_symbols.push_back({.value = result, .target = target->second, .operands = {a, b}});
    return value;
}

Result<TraceValue> Tracer::binary(const std::string& op, const TraceValue& a, const TraceValue& b) {
    if (a.kind == TraceKind::Tensor || b.kind == TraceKind::Tensor) {
        static const std::map<std::string, const char*> kPackets{{"+", "add"},
                                                                 {"-", "sub"},
                                                                 {"*", "mul"},
                                                                 {"/", "div"},
                                                                 {"//", "floor_divide"},
                                                                 {"%", "remainder"},
                                                                 {"**", "pow"},
                                                                 {"@", "matmul"},
                                                                 {"<", "lt"},
                                                                 {"<=", "le"},
                                                                 {">", "gt"},
                                                                 {">=", "ge"},
                                                                 {"==", "eq"},
                                                                 {"!=", "ne"},
                                                                 {"&", "bitwise_and"},
                                                                 {"|", "bitwise_or"},
                                                                 {"^", "bitwise_xor"},
                                                                 {"<<", "__lshift__"},
                                                                 {">>", "__rshift__"}};
        const auto packet = kPackets.find(op);
        if (packet == kPackets.end())
            return unsupported("the operator " + op);
        if (a.kind != TraceKind::Tensor && (op == "+" || op == "*"))
            return callPacket(std::string("torch.ops.aten.") + packet->second, {b, a}, {}, false);
        if (a.kind != TraceKind::Tensor && op == "-")
            return callPacket("torch.ops.aten.rsub", {b, a}, {}, false);
        if (a.kind != TraceKind::Tensor && op == "/") {
            FX_TRY(TraceValue inverse, callPacket("torch.ops.aten.reciprocal", {b}, {}, false));
            return callPacket("torch.ops.aten.mul", {std::move(inverse), a}, {}, false);
        }
        if (a.kind != TraceKind::Tensor)
            return unsupported("a number left of `" + op + "`; write the ATen operator");
        return callPacket(std::string("torch.ops.aten.") + packet->second, {a, b}, {}, false);
    }
    if (a.isNumber() && b.isNumber() && op.find_first_of("<>=!&|^@") == std::string::npos)
        return constantBinary(*this, op, a.constant, b.constant);
    if (symOf(a) && symOf(b))
        return symBinary(op, a, b);
    return unsupported("`" + op + "` of " + typeName(a) + " and " + typeName(b));
}

} // namespace fxscope
