// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/ops/generator.h"
#include "core/support/cancel.h"
#include "core/tensor/value.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

// --- schemas

/// One parameter of an operator schema, e.g. "Tensor?[] indices", "int[2] stride=[1, 1]", "*, bool pin_memory=False".
struct SchemaArg {
    std::string name;
    std::string type; ///< without alias annotation and default: "Tensor", "SymInt[]", "Scalar", "int[2]"
    std::optional<Argument> fallback; ///< the default
    bool keywordOnly = false;
    bool mutated = false; ///< annotated (a!)
    bool optional() const { return type.ends_with('?'); }
};

/// "aten::index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor"
struct Schema {
    std::string target; ///< canonical: "torch.ops.aten.index_put.default"
    std::vector<SchemaArg> args;
    std::vector<std::string> returns; ///< types
    std::string text;
    bool mutates() const;
    int find(std::string_view argName) const; ///< index or -1
};

/// The schema of "torch.ops.NS.NAME.OVERLOAD", from PyTorch's own table (resources/schemas). Null: no such operator.
/// Parsed on first use; thread safe; lives for ever.
const Schema* findSchema(Target target);
/// Overloads of a packet name "torch.ops.aten.add"; targets near an unknown one, for "did you mean".
std::vector<std::string> overloadsOf(std::string_view packet);
std::vector<std::string> nearestTargets(std::string_view target, size_t limit = 3);

/// Every schema argument of a call in schema order, defaults filled in. Errors: too many positionals, an argument
/// twice, an unknown keyword, a required one missing; `where` is the node's name.
Result<ArgumentList> bindArguments(const Schema& schema, const ArgumentList& args, const Kwargs& kwargs,
                                   const std::string& where);
/// Traced normal form (matcher.md 1): no trailing positional that equals its default, the rest positional in schema
/// order, keyword-only in kwargs in schema order without those equal to their default (randperm keeps pin_memory:
/// False).
void normaliseCall(const Schema& schema, ArgumentList& args, Kwargs& kwargs);

// --- operators

/// An argument of a call as shape rules see it: like Value, with metadata for tensors and symbolic sizes.
struct MetaArg;
using MetaArgs = std::vector<MetaArg>;
/// A symbolic float or bool: its kind and text, no value.
struct SymNumber {
    bool boolean = false;
    std::string expression;
};
struct MetaArg {
    std::variant<std::monostate, TensorMeta, SymInt, bool, double, std::complex<double>, std::string, DType, Device,
                 Layout, MemoryFormat, MetaArgs, SymNumber>
        v;
    bool isNone() const { return v.index() == 0; }
    bool isTensor() const { return std::holds_alternative<TensorMeta>(v); }
    const TensorMeta& tensor() const { return std::get<TensorMeta>(v); }
};

/// What a kernel may use besides its arguments. `generator` is the run's, advanced by random operators.
struct KernelContext {
    Generator& generator;
    const Cancel& cancel;
};

/// Arguments in schema order (see OpDef::target), one-element int[n] lists expanded to n. Views return views (aliasing
/// the input as PyTorch's do), in-place operators write their input. Several results: a ValueList. Errors have
/// PyTorch's meaning.
using Kernel = Result<Value> (*)(std::span<const Value> args, KernelContext& context);
/// The metadata of the result: dtype, sizes, strides, device. Errors are wrong calls, with PyTorch's meaning.
using Infer = Result<ValueMeta> (*)(std::span<const MetaArg> args);
/// Floating-point operations of a call, for limits and reports; null: one per output element.
using Flops = double (*)(std::span<const MetaArg> args, const ValueMeta& result);

/// One operator: "torch.ops.aten.relu.default", "operator.mul", "torch.sym_max". One file each in core/ops (or one file
/// per family of one formula), listed in all_ops.def.
struct OpDef {
    Target target;
    Infer infer = nullptr;      ///< null: no shape rule yet
    Kernel reference = nullptr; ///< null: no kernel yet
    Flops flops = nullptr;
    bool random = false; ///< reads the generator
    bool view = false;   ///< result aliases an input
    /// The reference touches elements only by allocating, copying and filling tensors (core/ops/operand.h): it runs in
    /// whatever memory its arguments lie and UseMemory names. Views do so too.
    bool moves = false;
    /// For targets without a PyTorch schema (operator.*, math.*): their parameters, in schema syntax.
    std::string_view signature = {};
};

/// The operator behind a target, or null. All of them, in list order.
const OpDef* findOp(Target target);
std::span<const OpDef* const> allOps();

/// Metadata of the result of a call written with nodes of `graph`; inputs need metadata. Errors name operator and node.
Result<ValueMeta> inferCall(const Graph& graph, Target target, const ArgumentList& args, const Kwargs& kwargs,
                            const std::string& where);
/// Fills in metadata where nodes have none, in topological order, from placeholders on; returns how many stay unknown.
size_t inferMissing(Graph& graph);

/// Whether a call may change its inputs: mutable schema, a name ending in one underscore, `out=` (matcher.md 3.6).
bool isMutating(const Node& node);
/// Whether a call reads the random generator.
bool isRandom(const Node& node);

} // namespace fxscope
