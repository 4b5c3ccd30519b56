// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/ops.h"
#include "core/ops/schema.h"
#include "core/support/resources.h"
#include "core/support/text.h"

#include <array>
#include <cctype>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace fxscope {
namespace {

constexpr size_t kOpCount = 0
#define OP(name) +1
#include "core/ops/all_ops.def"
#undef OP
    ;

const std::array<const OpDef*, kOpCount> kOps{
#define OP(name) &ops::name,
#include "core/ops/all_ops.def"
#undef OP
};

bool isWordCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// Does the word at [begin, end) stand between underscores or at word boundaries, and not beside two underscores?
bool standsAlone(std::string_view name, size_t begin, size_t end) {
    const bool underscoreBefore = begin > 0 && name[begin - 1] == '_';
    const bool underscoreAfter = end < name.size() && name[end] == '_';
    if (underscoreBefore ? begin > 1 && name[begin - 2] == '_' : begin > 0 && isWordCharacter(name[begin - 1]))
        return false;
    return underscoreAfter ? end + 1 >= name.size() || name[end + 1] != '_'
                           : end >= name.size() || !isWordCharacter(name[end]);
}

/// matcher.md 3.6: what a function's name says where there is no schema.
bool nameSaysMutating(std::string_view name) {
    for (size_t i = 0; i < name.size(); ++i) {
        const bool single = name[i] == '_' && (i == 0 || name[i - 1] != '_');
        if (single && (i + 1 == name.size() || name[i + 1] == '.'))
            return true;
    }
    for (const std::string_view word : {"set", "enter", "exit", "seed"})
        for (size_t at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1))
            if (standsAlone(name, at, at + word.size()))
                return true;
    return false;
}

/// The name Python gives a function: the part of a dotted target behind its module.
std::string_view functionName(std::string_view target) { return target.substr(target.rfind('.') + 1); }

bool isAutoFunctionalized(std::string_view target) { return functionName(target).starts_with("auto_functionalized"); }

/// PyTorch's own list of the operators that draw from a seeded generator.
const std::unordered_set<std::string_view>& randomOperators() {
    static const auto& names = *new auto([] {
        std::unordered_set<std::string_view> set;
        for (const std::string_view line : split(resource("schemas/random_ops.txt").value_or(""), '\n'))
            set.insert(trim(line));
        return set;
    }());
    return names;
}

} // namespace

std::span<const OpDef* const> allOps() { return kOps; }

const OpDef* findOp(Target target) {
    static const auto& byTarget = *new auto([] {
        std::unordered_map<const std::string*, const OpDef*> map;
        for (const OpDef* op : kOps)
            map.emplace(&op->target.str(), op);
        return map;
    }());
    const auto found = byTarget.find(&target.str());
    return found == byTarget.end() ? nullptr : found->second;
}

bool isMutating(const Node& node) {
    if (node.op != Op::CallFunction && node.op != Op::CallMethod)
        return false;
    const std::string& target = node.target.str();
    if (node.op == Op::CallFunction && isAutoFunctionalized(target))
        return false;
    if (node.op == Op::CallFunction && target.starts_with("torch.ops."))
        if (const Schema* schema = findSchema(node.target))
            return schema->mutates();
    if (nameSaysMutating(node.op == Op::CallMethod ? std::string_view(target) : functionName(target)))
        return true;
    const Argument* out = node.kwarg("out");
    return out && !out->isNone();
}

bool isRandom(const Node& node) {
    if (node.op != Op::CallFunction)
        return false;
    if (const OpDef* op = findOp(node.target))
        return op->random;
    return randomOperators().contains(node.target.str());
}

const Schema* findSchema(Target target) {
    if (const Schema* schema = findTableSchema(target))
        return schema;
    const OpDef* op = findOp(target);
    if (!op || op->signature.empty())
        return nullptr;
    static std::mutex mutex;
    static auto& parsed = *new std::unordered_map<const OpDef*, std::unique_ptr<const Schema>>;
    const std::lock_guard lock(mutex);
    auto& schema = parsed[op];
    if (!schema)
        if (auto read = parseSchema(op->signature, target.str()); read.ok())
            schema = std::make_unique<const Schema>(std::move(read).value());
    return schema.get();
}

} // namespace fxscope
