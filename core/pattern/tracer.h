// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/trace.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace fxscope {

/// What an expression of a traced function yields.
struct TraceValue {
    enum class Kind { Constant, Tensor, Sym, Sequence, Slice, Function };
    Kind kind = Kind::Constant;
    Argument constant;
    NodeId node;                   ///< Tensor
    size_t sym = 0;                ///< Sym: index into the tracer's symbols
    bool list = false;             ///< Sequence: a list, else a tuple
    std::vector<TraceValue> items; ///< Sequence; Slice: start, stop, step; Function: the bound object, if any
    std::string path;              ///< Function: "torch.randperm", or the method's name

    static TraceValue of(Argument value) {
        TraceValue result;
        result.constant = std::move(value);
        return result;
    }
    bool isInt() const { return kind == Kind::Constant && constant.isInt(); }
    bool isNone() const { return kind == Kind::Constant && constant.isNone(); }
    bool isNumber() const {
        return kind == Kind::Constant && (constant.isInt() || constant.kind() == Argument::Kind::Float ||
                                          constant.kind() == Argument::Kind::Bool);
    }
};

/// A Python number as a double.
inline double numberOf(const Argument& value) {
    return value.isInt()                          ? double(value.asInt())
           : value.kind() == Argument::Kind::Bool ? double(value.asBool())
                                                  : value.asFloat();
}

using CallKeywords = std::vector<std::pair<std::string, TraceValue>>;

/// Runs one function and writes down the ATen calls it makes. Its parts lie in trace_*.cpp.
class Tracer {
public:
    explicit Tracer(const TraceOptions& options) : m_options(options) {}
    Result<Graph> run(const py::Function& function, std::span<const TraceInput> inputs);

    // --- expressions (trace_eval.cpp)
    using Scope = std::map<std::string, TraceValue, std::less<>>;
    Result<TraceValue> evaluate(const py::Expr& expr, const Scope& scope);

    // --- calls at the level of ATen (trace_record.cpp)
    /// Dispatches a call: decomposed if Inductor decomposes it, else recorded.
    Result<TraceValue> call(Target target, ArgumentList args, Kwargs kwargs);
    Result<TraceValue> record(Target target, ArgumentList args, Kwargs kwargs);
    const TensorMeta* tensorOf(const Argument& value) const;
    const SymRanges& ranges() const { return m_options.ranges; }
    /// Whether PyTorch would find two sizes equal, by proof or by hint.
    bool guardEqual(const SymInt& a, const SymInt& b) const;
    bool guardLessEqual(const SymInt& a, const SymInt& b) const;
    Diagnostic error(std::string what) const;       ///< at the line being evaluated
    Diagnostic unsupported(std::string what) const; ///< outside of what fxscope traces
    void setMeta(NodeId id, ValueMeta meta);

    // --- sizes
    /// The size of a dimension as a value: a number, or the symbol asked of that tensor.
    TraceValue sizeOf(NodeId tensor, size_t dim);
    std::optional<SymInt> symOf(const TraceValue& value) const; ///< of an int or Sym
    std::optional<SymInt> sizeIn(const Argument& value) const;  ///< of an int or the node of a Sym
    Result<TraceValue> product(const TraceValue& a, const TraceValue& b) { return binary("*", a, b); }
    Result<Argument> argument(const TraceValue& value); ///< makes the nodes that symbols need, at this place

private:
    Result<TraceValue> attribute(const TraceValue& object, const std::string& name);
    Result<TraceValue> callFunction(const TraceValue& function, std::vector<TraceValue> args, CallKeywords kwargs);
    Result<TraceValue> callPath(const std::string& path, std::vector<TraceValue> args, CallKeywords kwargs);
    Result<TraceValue> callMethod(const TraceValue& object, const std::string& name, std::vector<TraceValue> args,
                                  CallKeywords kwargs);
    std::optional<Result<TraceValue>> callPython(const std::string& path, const std::vector<TraceValue>& args,
                                                 const CallKeywords& kwargs);
    Result<TraceValue> castTo(const TraceValue& object, DType dtype);
    Result<TraceValue> callPacket(const std::string& packet, std::vector<TraceValue> args, CallKeywords kwargs,
                                  bool factory);
    Result<Target> overload(const std::string& packet, const ArgumentList& args, const Kwargs& kwargs);
    Result<TraceValue> binary(const std::string& op, const TraceValue& a, const TraceValue& b);
    Result<TraceValue> symBinary(const std::string& op, const TraceValue& a, const TraceValue& b);
    Result<TraceValue> subscript(const TraceValue& object, const TraceValue& index);
    Result<TraceValue> indexTensor(NodeId tensor, const std::vector<TraceValue>& indices);
    ArgumentList clampedSlice(ArgumentList args) const;
    Result<NodeId> sliceTensor(NodeId tensor, size_t dim, const TraceValue& slice);

    NodeId materialise(size_t sym);
    Result<TraceValue> wrap(NodeId node); ///< a recorded node as a value; several results become getitem nodes
    const TensorMeta& meta(NodeId node) const { return m_graph[node].meta.tensor(); }

    /// Where a symbolic number comes from. It becomes a node when a call needs it, right before that call.
    struct Symbol {
        SymInt value;
        NodeId node;   ///< once made
        NodeId tensor; ///< size `dim` of this tensor ...
        size_t dim = 0;
        Target target; ///< ... or this function of `operands`
        std::vector<TraceValue> operands;
    };

    const TraceOptions& m_options;
    Graph m_graph;
    std::vector<Symbol> m_symbols;
    std::map<std::pair<uint32_t, size_t>, size_t> m_sizes; ///< (tensor, dim) -> symbol
    std::vector<std::pair<SymInt, size_t>> m_taken;        ///< sizes that are inputs of their own -> symbol
    std::string m_original;                                ///< the operator being decomposed
    int m_line = 0;
    friend struct TraceDecompositions;
};

/// The decomposition of `target` in Inductor's table, or null. Nothing as result: it declines, the call stays.
using Decomposition = Result<std::optional<TraceValue>> (*)(Tracer& tracer, const ArgumentList& args);
Decomposition findDecomposition(Target target);
/// Whether PyTorch decomposes the operator while tracing (its own list), though fxscope may not know into what.
bool isDecomposedByPyTorch(Target target);

} // namespace fxscope
