// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/argument.h"
#include "core/graph/shared_list.h"
#include "core/graph/value_meta.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

enum class Op : uint8_t { Placeholder, GetAttr, CallFunction, CallMethod, CallModule, Output };
std::string_view name(Op op); ///< "call_function" ...

/// An interned target: copies and comparisons cost a pointer. Canonical text as in formats.md 0.5, for example
/// "torch.ops.aten.add.Tensor", "operator.getitem", "torch.sum"; for placeholders and attributes their own name.
class Target {
public:
    Target() : Target(std::string_view{}) {}
    Target(std::string_view text);
    Target(const char* text) : Target(std::string_view(text)) {}
    Target(const std::string& text) : Target(std::string_view(text)) {}
    const std::string& str() const { return *m_text; }
    bool operator==(const Target& other) const { return m_text == other.m_text; }

    bool isAten() const { return m_text->starts_with("torch.ops.aten."); }
    /// "aten.add.Tensor" of "torch.ops.aten.add.Tensor"; the text itself for everything else.
    std::string_view shortName() const;

private:
    const std::string* m_text;
};

/// One line of a Python traceback.
struct SourceLine {
    std::string file;
    int line = 0;
    std::string function;
    std::string code;
    bool operator==(const SourceLine&) const = default;
};

/// One module of the nn.Module hierarchy the node was called in, outermost first.
struct ModuleFrame {
    std::string key;  ///< "L__self___layers_0"
    std::string path; ///< "layers.0"; empty for the root
    std::string type; ///< class name
    bool operator==(const ModuleFrame&) const = default;
};

/// Where a node came from in an earlier graph.
struct Provenance {
    std::string name, target, pass;
    int64_t graphId = 0;
    std::vector<std::string> actions; ///< "create", "replace"
    std::vector<Provenance> from;
    bool operator==(const Provenance&) const = default;
};

/// Everything about a node that no computation depends on. Shared between versions of a graph.
struct Origin {
    SharedList<SourceLine> stack; ///< outermost frame first; the last one is what text forms show
    SharedList<ModuleFrame> modules;
    SharedList<Provenance> provenance;
    std::map<std::string, std::string> meta; ///< torch_fn, recompute, ac_graph_id, custom, note ...
    bool operator==(const Origin&) const = default;
};

/// A node without its place: what is written in the file.
struct NodeBody {
    Op op = Op::CallFunction;
    std::string name; ///< unique in its graph, a Python identifier
    Target target;
    ArgumentList args;
    Kwargs kwargs;
    ValueMeta meta;
    std::string declaredType; ///< Python annotation that is no shape ("torch.Tensor"), verbatim
    std::shared_ptr<const Origin> origin;

    const Argument* kwarg(std::string_view key) const; ///< null if absent
};

/// Every node that `body` mentions: args, then kwargs, depth first, with repetition.
template <class Visit> void forEachInput(const NodeBody& body, const Visit& visit) {
    for (const Argument& argument : body.args)
        forEachNode(argument, visit);
    for (const Kwarg& argument : body.kwargs)
        forEachNode(argument.second, visit);
}

/// A node in its graph. Read-only: change goes through Rewriter (or a reader that is still building the graph).
struct Node : NodeBody {
    NodeId id;
    /// Distinct nodes that mention this one, in the order in which they began to (FX's insertion-ordered users).
    std::vector<NodeId> users;
    const TensorMeta* tensor() const { return meta.isTensor() ? &meta.tensor() : nullptr; }
};

} // namespace fxscope
