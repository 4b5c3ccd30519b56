// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/pickle_reader.h"

#include "core/io/bytes.h"
#include "core/io/limits.h"
#include "core/support/text.h"

#include <bit>
#include <unordered_map>

namespace fxscope::io {
namespace {

constexpr size_t kMaxObjects = 1'000'000;

struct Object;
using ObjectPtr = std::shared_ptr<Object>;
struct Object {
    enum class Kind : uint8_t { Leaf, Sequence, Dict, Global, Storage, Mark } kind = Kind::Leaf;
    Value leaf;                   ///< Leaf; Storage: unused
    std::vector<ObjectPtr> items; ///< Sequence; Dict: key, value, key, value ...
    std::string name;             ///< Global
    std::shared_ptr<Storage> storage;
    DType dtype = DType::Float32;
};

std::optional<DType> storageType(std::string_view global) {
    static constexpr std::pair<std::string_view, DType> kTypes[] = {{"Float", DType::Float32},
                                                                    {"Double", DType::Float64},
                                                                    {"Half", DType::Float16},
                                                                    {"BFloat16", DType::BFloat16},
                                                                    {"Long", DType::Int64},
                                                                    {"Int", DType::Int32},
                                                                    {"Short", DType::Int16},
                                                                    {"Char", DType::Int8},
                                                                    {"Byte", DType::UInt8},
                                                                    {"Bool", DType::Bool},
                                                                    {"ComplexFloat", DType::Complex64},
                                                                    {"ComplexDouble", DType::Complex128}};
    for (const auto& [prefix, dtype] : kTypes)
        if (global == "torch." + std::string(prefix) + "Storage")
            return dtype;
    return std::nullopt;
}

class Machine {
public:
    Machine(std::span<const std::byte> bytes, const StorageLoader& storages, const std::string& where)
        : m_bytes(bytes), m_storages(storages), m_where(where) {}

    Machine(const Machine&) = delete;
    /// One by one: what nests deeply would go down as deeply.
    ~Machine() {
        for (const ObjectPtr& object : m_made)
            object->items.clear();
    }

    Result<Value> run() {
        while (m_at < m_bytes.size()) {
            const auto op = numberAt<uint8_t>(m_bytes, m_at++);
            if (op == '.') {
                FX_TRY(const ObjectPtr top, pop());
                size_t budget = kMaxObjects;
                return valueOf(*top, 0, budget);
            }
            FX_CHECK(step(op));
            if (++m_steps > 16 * kMaxObjects || m_stack.size() > kMaxObjects)
                return problem("it is too long");
        }
        return problem("it is cut off");
    }

private:
    Diagnostic problem(const std::string& what) const {
        return {"not a plain pickle of tensors: " + what, m_where, ""};
    }

    Result<Done> step(uint8_t op);
    Result<Done> stepNumber(uint8_t op);
    Result<Done> stepContainer(uint8_t op);
    Result<Done> stepMemo(uint8_t op);
    Result<Done> global();
    Result<Done> persistent();
    Result<Done> reduce();
    Result<ObjectPtr> rebuildTensor(const Object& args);
    Result<Value> valueOf(const Object& object, int depth, size_t& budget);

    template <class T> Result<T> take() {
        if (!inside(m_bytes, m_at, sizeof(T)))
            return problem("it is cut off");
        m_at += sizeof(T);
        return numberAt<T>(m_bytes, m_at - sizeof(T));
    }
    Result<std::string_view> takeText(uint64_t size) {
        if (!inside(m_bytes, m_at, size))
            return problem("it is cut off");
        m_at += size;
        return textAt(m_bytes, m_at - size, size);
    }
    Result<std::string_view> takeLine() {
        const std::string_view rest = textAt(m_bytes, m_at, m_bytes.size() - m_at);
        const size_t end = rest.find('\n');
        if (end == std::string_view::npos)
            return problem("it is cut off");
        m_at += end + 1;
        return rest.substr(0, end);
    }
    void push(Object object) { m_stack.push_back(made(std::move(object))); }
    ObjectPtr made(Object object) {
        m_made.push_back(std::make_shared<Object>(std::move(object)));
        return m_made.back();
    }
    Result<Done> pushLeaf(Value value) {
        push({Object::Kind::Leaf, std::move(value), {}, {}, {}, {}});
        return Done{};
    }
    Result<ObjectPtr> pop() {
        if (m_stack.empty())
            return problem("its stack is empty");
        ObjectPtr top = std::move(m_stack.back());
        m_stack.pop_back();
        return top;
    }
    /// All objects above the topmost mark, which goes too.
    Result<std::vector<ObjectPtr>> popToMark() {
        size_t mark = m_stack.size();
        while (mark > 0 && m_stack[mark - 1]->kind != Object::Kind::Mark)
            --mark;
        if (mark == 0)
            return problem("a mark is missing");
        std::vector<ObjectPtr> items(m_stack.begin() + static_cast<long>(mark), m_stack.end());
        m_stack.resize(mark - 1);
        return items;
    }
    Result<Done> pushTuple(size_t count) {
        if (m_stack.size() < count)
            return problem("its stack is empty");
        Object tuple;
        tuple.kind = Object::Kind::Sequence;
        tuple.items.assign(m_stack.end() - static_cast<long>(count), m_stack.end());
        m_stack.resize(m_stack.size() - count);
        push(std::move(tuple));
        return Done{};
    }
    Result<Done> extend(Object::Kind kind, std::vector<ObjectPtr> items) {
        if (m_stack.empty() || m_stack.back()->kind != kind || (kind == Object::Kind::Dict && items.size() % 2 != 0))
            return problem("a container is missing");
        auto& into = m_stack.back()->items;
        into.insert(into.end(), items.begin(), items.end());
        return Done{};
    }

    std::span<const std::byte> m_bytes;
    const StorageLoader& m_storages;
    const std::string& m_where;
    uint64_t m_at = 0;
    size_t m_steps = 0;
    std::vector<ObjectPtr> m_made; ///< all of them, see ~Machine
    std::vector<ObjectPtr> m_stack;
    std::unordered_map<uint32_t, ObjectPtr> m_memo;
};

Result<Done> Machine::step(uint8_t op) {
    switch (op) {
    case 0x80: { // PROTO
        FX_TRY(const auto version, take<uint8_t>());
        return version <= 4 ? Result<Done>(Done{}) : Result<Done>(problem("protocol " + std::to_string(version)));
    }
    case 'N': return pushLeaf({});
    case 0x88: return pushLeaf(true);
    case 0x89: return pushLeaf(false);
    case 'X': {
        FX_TRY(const auto size, take<uint32_t>());
        FX_TRY(const auto text, takeText(size));
        return pushLeaf(std::string(text));
    }
    case 'c': return global();
    case 'Q': return persistent();
    case 'R': return reduce();
    case 'J':
    case 'K':
    case 'M':
    case 0x8a:
    case 'G': return stepNumber(op);
    case 'q':
    case 'r':
    case 'h':
    case 'j': return stepMemo(op);
    default: return stepContainer(op);
    }
}

Result<Done> Machine::stepNumber(uint8_t op) {
    if (op == 'J') {
        FX_TRY(const auto value, take<int32_t>());
        return pushLeaf(int64_t{value});
    }
    if (op == 'K') {
        FX_TRY(const auto value, take<uint8_t>());
        return pushLeaf(int64_t{value});
    }
    if (op == 'M') {
        FX_TRY(const auto value, take<uint16_t>());
        return pushLeaf(int64_t{value});
    }
    if (op == 'G') { // big-endian double
        FX_TRY(const auto bits, take<uint64_t>());
        return pushLeaf(std::bit_cast<double>(__builtin_bswap64(bits)));
    }
    FX_TRY(const auto size, take<uint8_t>());
    FX_TRY(const auto text, takeText(size));
    if (size > 8)
        return problem("an int beyond 64 bits");
    uint64_t value = size && (static_cast<unsigned char>(text.back()) & 0x80) ? UINT64_MAX : 0;
    for (size_t i = size; i-- > 0;)
        value = (value << 8) | static_cast<unsigned char>(text[i]);
    return pushLeaf(static_cast<int64_t>(value));
}

Result<Done> Machine::stepMemo(uint8_t op) {
    uint32_t index = 0;
    if (op == 'q' || op == 'h') {
        FX_TRY(index, take<uint8_t>());
    } else {
        FX_TRY(index, take<uint32_t>());
    }
    if (op == 'q' || op == 'r') {
        if (m_stack.empty())
            return problem("its stack is empty");
        m_memo[index] = m_stack.back();
        return Done{};
    }
    const auto found = m_memo.find(index);
    if (found == m_memo.end())
        return problem("memo " + std::to_string(index) + " is unknown");
    m_stack.push_back(found->second);
    return Done{};
}

Result<Done> Machine::stepContainer(uint8_t op) {
    using Kind = Object::Kind;
    switch (op) {
    case '(': return push({Kind::Mark, {}, {}, {}, {}, {}}), Done{};
    case ')':
    case ']': return push({Kind::Sequence, {}, {}, {}, {}, {}}), Done{};
    case '}': return push({Kind::Dict, {}, {}, {}, {}, {}}), Done{};
    case 0x85: return pushTuple(1);
    case 0x86: return pushTuple(2);
    case 0x87: return pushTuple(3);
    case 't': {
        FX_TRY(auto items, popToMark());
        push({Kind::Sequence, {}, std::move(items), {}, {}, {}});
        return Done{};
    }
    case 'a': {
        FX_TRY(auto item, pop());
        return extend(Kind::Sequence, {std::move(item)});
    }
    case 's': {
        FX_TRY(auto value, pop());
        FX_TRY(auto key, pop());
        return extend(Kind::Dict, {std::move(key), std::move(value)});
    }
    case 'e':
    case 'u': {
        FX_TRY(auto items, popToMark());
        return extend(op == 'e' ? Kind::Sequence : Kind::Dict, std::move(items));
    }
    default: return problem("opcode " + std::to_string(op));
    }
}

Result<Done> Machine::global() {
    FX_TRY(const auto module, takeLine());
    FX_TRY(const auto name, takeLine());
    std::string full = std::string(module) + "." + std::string(name);
    const bool known = full == "torch._utils._rebuild_tensor_v2" || full == "collections.OrderedDict" ||
                       storageType(full) || (module == "torch" && dtypeFromTorch(full));
    if (!known)
        return problem("it names " + displayText(full));
    if (module == "torch" && !storageType(full))
        return pushLeaf(*dtypeFromTorch(full));
    push({Object::Kind::Global, {}, {}, std::move(full), {}, {}});
    return Done{};
}

/// ('storage', type, key, device, element count)
Result<Done> Machine::persistent() {
    FX_TRY(const ObjectPtr id, pop());
    const auto text = [&](size_t i) {
        const auto* found = std::get_if<std::string>(&id->items[i]->leaf.v);
        return found ? std::string_view(*found) : std::string_view{};
    };
    if (id->kind != Object::Kind::Sequence || id->items.size() != 5 || text(0) != "storage" ||
        id->items[1]->kind != Object::Kind::Global)
        return problem("an unknown reference");
    const auto dtype = storageType(id->items[1]->name);
    if (!dtype)
        return problem("an unknown storage type");
    FX_TRY(auto storage, m_storages(text(2), *dtype));
    push({Object::Kind::Storage, {}, {}, {}, std::move(storage), *dtype});
    return Done{};
}

Result<Done> Machine::reduce() {
    FX_TRY(const ObjectPtr args, pop());
    FX_TRY(const ObjectPtr function, pop());
    if (function->kind != Object::Kind::Global || args->kind != Object::Kind::Sequence)
        return problem("a call of something unknown");
    if (function->name == "collections.OrderedDict" && args->items.empty()) {
        push({Object::Kind::Dict, {}, {}, {}, {}, {}});
        return Done{};
    }
    if (function->name != "torch._utils._rebuild_tensor_v2")
        return problem("a call of " + displayText(function->name));
    FX_TRY(ObjectPtr tensor, rebuildTensor(*args));
    m_stack.push_back(std::move(tensor));
    return Done{};
}

/// (storage, offset, sizes, strides, requires_grad, hooks)
Result<ObjectPtr> Machine::rebuildTensor(const Object& args) {
    const auto numbers = [](const Object& list) -> std::optional<Sizes> {
        Sizes result;
        for (const ObjectPtr& item : list.items) {
            const auto* number = std::get_if<int64_t>(&item->leaf.v);
            if (item->kind != Object::Kind::Leaf || !number)
                return std::nullopt;
            result.push_back(*number);
        }
        return list.kind == Object::Kind::Sequence ? std::optional(result) : std::nullopt;
    };
    if (args.items.size() < 4 || args.items[0]->kind != Object::Kind::Storage)
        return problem("a tensor without storage");
    const auto* offset = std::get_if<int64_t>(&args.items[1]->leaf.v);
    auto sizes = numbers(*args.items[2]), strides = numbers(*args.items[3]);
    if (!offset || !sizes || !strides)
        return problem("a tensor without sizes");
    FX_TRY(Tensor tensor,
           Tensor::view(args.items[0]->storage, args.items[0]->dtype, std::move(*sizes), std::move(*strides), *offset));
    Object object;
    object.leaf = std::move(tensor);
    return made(std::move(object));
}

Result<Value> Machine::valueOf(const Object& object, int depth, size_t& budget) {
    if (depth > limits().nesting || budget-- == 0)
        return problem("its containers are too deep or too many");
    if (object.kind == Object::Kind::Leaf)
        return object.leaf;
    if (object.kind != Object::Kind::Sequence && object.kind != Object::Kind::Dict)
        return problem("an object that is no value");
    ValueList list;
    const bool dict = object.kind == Object::Kind::Dict;
    for (size_t i = dict ? 1 : 0; i < object.items.size(); i += dict ? 2 : 1) {
        FX_TRY(Value value, valueOf(*object.items[i], depth + 1, budget));
        list.push_back(std::move(value));
    }
    return Value(std::move(list));
}

} // namespace

Result<Value> readPickle(std::span<const std::byte> bytes, const StorageLoader& storages, const std::string& where) {
    return Machine(bytes, storages, where).run();
}

} // namespace fxscope::io
