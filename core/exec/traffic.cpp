// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/traffic.h"

#include "core/exec/evaluate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <unordered_map>

namespace fxscope {
namespace {

enum class Rule { All, Nothing, ShapeOf, Taken, Replaced, AddedTo, Overwritten };
struct Traffic {
    Rule rule = Rule::All;
    std::string_view argument;
};

Traffic trafficOf(const OpDef& op) {
    static const std::unordered_map<const std::string*, Traffic> rules = [] { // targets are unique strings
        std::unordered_map<const std::string*, Traffic> found;
#define TRAFFIC(x, rule, argument) found.emplace(&Target("torch.ops." x).str(), Traffic{Rule::rule, argument});
#include "core/exec/traffic.def"
#undef TRAFFIC
        return found;
    }();
    const auto found = rules.find(&op.target.str());
    return found == rules.end() ? Traffic{} : found->second;
}

/// Elements that lie apart in memory: those of an expanded dimension are one, windows share theirs.
int64_t distinctElements(const Tensor& x) {
    int64_t apart = 1, reach = 1;
    for (size_t d = 0; d < x.dim(); ++d) {
        if (x.size(d) == 0)
            return 0;
        reach += (x.size(d) - 1) * x.strides()[d];
        apart *= x.strides()[d] == 0 ? 1 : x.size(d);
    }
    return std::min(apart, reach);
}

uint64_t bytesOf(const Tensor& x, int64_t elements) {
    return static_cast<uint64_t>(elements) * fxscope::bytesOf(x.dtype());
}
uint64_t distinctBytes(const Tensor& x) { return bytesOf(x, distinctElements(x)); }

int64_t elementsOf(const Value& value) {
    int64_t sum = 0;
    forEachTensor(value, [&](const Tensor& x) { sum += x.defined() ? x.numel() : 0; });
    return sum;
}

bool sharesMemory(const Value& value, const Tensor& x) {
    bool found = false;
    forEachTensor(value,
                  [&](const Tensor& other) { found = found || (x.defined() && other.storage() == x.storage()); });
    return found;
}

/// Tensors that are read, each once however often it is an argument.
class Reads {
public:
    /// `most`: elements that are read at most.
    void add(const Tensor& x, int64_t most = INT64_MAX) {
        if (!x.defined() || std::any_of(m_seen.begin(), m_seen.end(), [&](const Tensor& y) { return isSame(x, y); }))
            return;
        m_seen.push_back(x);
        m_bytes += bytesOf(x, std::min(most, distinctElements(x)));
    }
    uint64_t bytes() const { return m_bytes; }

private:
    static bool isSame(const Tensor& a, const Tensor& b) {
        return a.storage() == b.storage() && a.offset() == b.offset() && a.dtype() == b.dtype() &&
               a.sizes() == b.sizes() && a.strides() == b.strides();
    }
    std::vector<Tensor> m_seen;
    uint64_t m_bytes = 0;
};

/// One call, with arguments by the names of its schema.
class Call {
public:
    Call(const OpDef& op, std::span<const Value> args, const Value& result)
        : m_traffic(trafficOf(op)), m_schema(schemaOf(op)), m_args(args), m_result(result) {
        if (m_schema && m_schema->args.size() == args.size())
            m_special = m_schema->find(m_traffic.argument);
        m_accumulates = m_traffic.rule == Rule::AddedTo || isTrue("accumulate");
    }

    uint64_t bytes() const {
        if (m_traffic.rule == Rule::Nothing || returnsArguments())
            return 0;
        return read() + written();
    }

private:
    const Value* argument(std::string_view name) const {
        const int at = m_schema && m_schema->args.size() == m_args.size() ? m_schema->find(name) : -1;
        return at < 0 || m_args[static_cast<size_t>(at)].isNone() ? nullptr : &m_args[static_cast<size_t>(at)];
    }
    bool isTrue(std::string_view name) const {
        const Value* value = argument(name);
        return value && value->isNumber() && value->toInt() != 0;
    }
    bool isMutated(size_t i) const { return m_schema && i < m_schema->args.size() && m_schema->args[i].mutated; }
    bool isOut(size_t i) const { return isMutated(i) && m_schema->args[i].keywordOnly; }

    bool isArgument(const Tensor& x) const {
        return std::any_of(m_args.begin(), m_args.end(), [&](const Value& arg) { return sharesMemory(arg, x); });
    }

    /// Every tensor of the result is an argument, or a view of one, and none was written.
    bool returnsArguments() const {
        bool any = false, all = true;
        forEachTensor(m_result, [&](const Tensor& x) { any = true, all = all && isArgument(x); });
        for (size_t i = 0; i < m_args.size(); ++i)
            all = all && !isMutated(i);
        return any && all;
    }

    uint64_t read() const {
        Reads reads;
        for (size_t i = 0; i < m_args.size(); ++i)
            if (!isOut(i))
                forEachTensor(m_args[i], [&](const Tensor& x) { reads.add(x, mostRead(i, x)); });
        return reads.bytes();
    }

    int64_t mostRead(size_t i, const Tensor& x) const {
        if (static_cast<int>(i) != m_special || !x.defined())
            return isSource(i) ? touched() : INT64_MAX;
        switch (m_traffic.rule) {
        case Rule::ShapeOf:
        case Rule::Overwritten: return 0;
        case Rule::Taken:
        case Rule::AddedTo: return touched();
        case Rule::Replaced:
            if (m_accumulates)
                return isMutated(i) ? touched() : INT64_MAX;
            return isMutated(i) ? 0 : std::max<int64_t>(0, distinctElements(x) - touched());
        default: return INT64_MAX;
        }
    }
    /// Of what scatter writes only as much is read as the index has places.
    bool isSource(size_t i) const { return argument("index") && argument("src") == &m_args[i]; }

    uint64_t written() const {
        uint64_t sum = 0;
        forEachTensor(m_result, [&](const Tensor& x) { sum += x.defined() && !isArgument(x) ? distinctBytes(x) : 0; });
        for (size_t i = 0; i < m_args.size(); ++i)
            if (isMutated(i))
                forEachTensor(m_args[i], [&](const Tensor& x) { sum += x.defined() ? writtenTo(i, x) : 0; });
        return sum;
    }
    uint64_t writtenTo(size_t i, const Tensor& x) const {
        const bool partly = m_traffic.rule == Rule::Replaced || m_traffic.rule == Rule::AddedTo;
        const int64_t all = distinctElements(x);
        return bytesOf(x, partly && static_cast<int>(i) == m_special ? std::min(all, touched()) : all);
    }

    /// Elements of the special argument that are taken, replaced or added to.
    int64_t touched() const {
        const Value *index = argument("index"), *indices = argument("indices"), *src = argument("src");
        if (m_special < 0)
            return INT64_MAX;
        const Tensor& self = m_args[static_cast<size_t>(m_special)].tensor();
        if (indices && indices->isTensor())
            return elementsOf(*indices) * rowElements(self, 0);
        if (m_traffic.rule == Rule::Taken)
            return elementsOf(m_result);
        if (indices)
            return chosenBy(indices->list(), self);
        if (index)
            return elementsOf(*index) * (takesRows() ? rowElements(self, argument("dim")->toInt()) : 1);
        return src ? elementsOf(*src) : 0;
    }
    /// index_add and its like: an index stands for all elements at that place of `dim`, in scatter for one.
    bool takesRows() const { return m_schema->target.starts_with("torch.ops.aten.index_"); }

    static int64_t rowElements(const Tensor& x, int64_t dim) {
        const auto at = static_cast<size_t>(dim < 0 ? dim + static_cast<int64_t>(x.dim()) : dim);
        return at < x.dim() && x.size(at) > 0 ? x.numel() / x.size(at) : x.numel();
    }

    /// Indices, broadcast together, stand for the dimensions that they index; a mask may choose nothing.
    static int64_t chosenBy(const ValueList& indices, const Tensor& self) {
        Sizes places;
        int64_t indexed = 1;
        for (size_t d = 0; d < indices.size() && d < self.dim(); ++d) {
            if (!indices[d].isTensor() || !indices[d].tensor().defined())
                continue;
            const Tensor& index = indices[d].tensor();
            if (index.dtype() == DType::Bool || index.dtype() == DType::UInt8)
                return 0;
            indexed *= self.size(d);
            places.insert(places.begin(), index.dim() - std::min(index.dim(), places.size()), 1);
            for (size_t k = 0; k < index.dim(); ++k)
                if (int64_t& size = places[places.size() - index.dim() + k]; size == 1)
                    size = index.size(k);
        }
        return indexed == 0 ? 0 : self.numel() / indexed * elementCount(places).value_or(0);
    }

    Traffic m_traffic;
    const Schema* m_schema;
    std::span<const Value> m_args;
    const Value& m_result;
    int m_special = -1;
    bool m_accumulates = false;
};

} // namespace

uint64_t bytesMoved(const OpDef& op, std::span<const Value> args, const Value& result) {
    return Call(op, args, result).bytes();
}

uint64_t bytesMoved(std::span<const FusedCall> calls, std::span<const Value> results) {
    Reads reads;
    for (const FusedCall& call : calls)
        for (const Value& arg : call.args)
            forEachTensor(arg, [&](const Tensor& x) { reads.add(x); });
    uint64_t written = 0;
    for (const Value& result : results)
        forEachTensor(result, [&](const Tensor& x) { written += distinctBytes(x); });
    return reads.bytes() + written;
}

std::optional<MemorySpeed> memorySpeed(uint64_t bytes, std::chrono::nanoseconds took, const CopyBandwidth& copy) {
    if (bytes == 0 || took.count() <= 0 || copy.bytesPerSecond <= 0)
        return std::nullopt;
    const double seconds = static_cast<double>(took.count()) / 1e9;
    const double floor = static_cast<double>(bytes) / copy.bytesPerSecond;
    return MemorySpeed{static_cast<double>(bytes) / seconds,
                       std::chrono::nanoseconds(static_cast<int64_t>(std::llround(floor * 1e9))), floor / seconds};
}

Result<CopyBandwidth> copyBandwidth(Backend& backend) {
    static std::mutex mutex;
    static std::map<std::string, double> known;
    const std::lock_guard lock(mutex);
    const std::string device = backend.deviceName();
    if (const auto found = known.find(device); found != known.end())
        return CopyBandwidth{device, found->second};
    FX_TRY(const double measured, backend.measureCopy());
    known.emplace(device, measured);
    return CopyBandwidth{device, measured};
}

} // namespace fxscope
