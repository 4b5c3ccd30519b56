// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_fused.h"

#include "core/cpu/parallel.h"
#include "core/ops/kernel_util.h"

#include <algorithm>
#include <atomic>

namespace fxscope {
namespace {

// Note [Fused blocks]
// The result's dimensions are taken in the order in which they lie in memory, neighbours merged where all tensors allow
// it. A block is a range along one of them, with everything inside it: at most kBlock elements, so that what a call
// writes is still in the cache when the next one reads it. Blocks end at multiples of the vector length, so that an
// element meets the same instructions as in a pass over the whole.
constexpr int64_t kBlock = 8192, kBlocksWorthAThread = 4;
constexpr int64_t kSmallest = 4096; // what is smaller is in the cache anyway

struct BlockDim {
    int64_t size;
    Sizes steps; ///< by tensor
};

class Fusion {
public:
    Fusion(Backend& backend, std::span<const FusedCall> calls, std::span<const Tensor> spare, KernelContext& context)
        : m_backend(backend), m_calls(calls), m_spare(spare), m_context(context), m_lastUse(calls.size()) {}

    Result<std::optional<ValueList>> run() {
        if (isSmall() || !inferAll())
            return std::optional<ValueList>();
        FX_TRY(const bool ready, allocateResults());
        const bool gains = m_calls.size() > 1 || m_overwrites;
        if (!ready || !gains || !expandOperands())
            return std::optional<ValueList>();
        findLastUses();
        split();
        // With results over inputs there is no second try: what is wrong with a call shows in the first block, before
        // anything is written.
        const int64_t first = m_overwrites ? 1 : 0;
        if (m_overwrites && !runBlock(0))
            return std::optional<ValueList>();
        parallelFor(m_blocks - first, kBlocksWorthAThread, [&](int64_t begin, int64_t end) {
            for (int64_t b = begin; b < end && !m_failed; ++b)
                if (!runBlock(b + first))
                    m_failed = true;
        });
        if (m_failed && m_overwrites)
            return Diagnostic{"a call failed for some elements only", "", "run without writing results over inputs"};
        return m_failed ? std::optional<ValueList>() : std::optional(ValueList(m_results.begin(), m_results.end()));
    }

private:
    bool isSmall() const {
        return std::all_of(m_calls.begin(), m_calls.end(), [](const FusedCall& call) {
            return std::all_of(call.args.begin(), call.args.end(), [](const Value& value) {
                return !value.isTensor() || value.tensor().numel() < kSmallest;
            });
        });
    }

    /// The metadata of every call, which says how results lie in memory. False: a wrong call, or sizes that differ.
    bool inferAll() {
        for (const FusedCall& call : m_calls) {
            MetaArgs args = metaArgs(call.args);
            for (const auto& [place, earlier] : call.inner)
                args[place] = MetaArg{m_metas[earlier]};
            if (!call.op->infer)
                return false;
            const auto meta = call.op->infer(args);
            if (!meta.ok() || !meta->isTensor() || meta->tensor().sizes.empty())
                return false;
            m_metas.push_back(meta->tensor());
            if (m_metas.back().sizes != m_metas.front().sizes)
                return false;
        }
        return true;
    }

    Result<bool> allocateResults() {
        std::vector<bool> taken(m_spare.size());
        for (size_t i = 0; i < m_calls.size(); ++i) {
            if (!m_calls[i].kept)
                continue;
            FX_TRY(Tensor result, resultOf(m_metas[i], taken));
            if (result.numel() == 0)
                return false;
            m_results.push_back(std::move(result));
        }
        return !m_results.empty();
    }

    Result<Tensor> resultOf(const TensorMeta& meta, std::vector<bool>& taken) {
        if (mayFailByValue())
            return allocate(meta);
        for (size_t k = 0; k < m_spare.size(); ++k) {
            const Tensor& spare = m_spare[k];
            if (taken[k] || bytesOf(spare.dtype()) != bytesOf(meta.dtype) || !fits(spare, meta))
                continue;
            taken[k] = m_overwrites = true;
            return Tensor::view(spare.storage(), meta.dtype, spare.sizes(), spare.strides(), spare.offset());
        }
        return allocate(meta);
    }

    /// Division of integers by zero is known too late: other blocks may be written by then.
    bool mayFailByValue() const {
        return std::any_of(m_metas.begin(), m_metas.end(),
                           [](const TensorMeta& meta) { return isIntegral(meta.dtype, false); });
    }

    /// Is every element of a result at the place of the spare tensor's, and read from there alone?
    bool fits(const Tensor& spare, const TensorMeta& meta) const {
        const SymSizes sizes(spare.sizes().begin(), spare.sizes().end()),
            strides(spare.strides().begin(), spare.strides().end());
        if (spare.storage()->readOnly() || meta.sizes != sizes ||
            (meta.strides ? *meta.strides != strides : !spare.isContiguous()) || !isDense(sizes, strides))
            return false;
        for (const FusedCall& call : m_calls)
            for (const Value& value : call.args)
                if (value.isTensor() && value.tensor().storage() == spare.storage() &&
                    (value.tensor().offset() != spare.offset() || value.tensor().sizes() != spare.sizes() ||
                     value.tensor().strides() != spare.strides() || value.tensor().dtype() != spare.dtype()))
                    return false;
        return true;
    }

    /// Tensors of no dimension stay so: they count as numbers when types are promoted.
    bool expandOperands() {
        for (const FusedCall& call : m_calls) {
            m_args.emplace_back();
            for (const Value& value : call.args) {
                m_args.back().push_back(kNoTensor);
                if (!value.isTensor() || value.tensor().dim() == 0)
                    continue;
                auto expanded = expandTo(value.tensor(), m_results.front().sizes());
                if (!expanded.ok())
                    return false;
                m_args.back().back() = m_operands.size();
                m_operands.push_back(std::move(expanded).value());
            }
        }
        return true;
    }

    void findLastUses() {
        for (size_t i = 0; i < m_calls.size(); ++i)
            for (const auto& [place, earlier] : m_calls[i].inner)
                m_lastUse[earlier] = i;
    }

    void split() {
        const Sizes& sizes = m_results.front().sizes();
        std::vector<BlockDim> dims;
        for (size_t d = 0; d < sizes.size(); ++d) {
            if (sizes[d] == 1)
                continue;
            dims.push_back({sizes[d], {}});
            for (const std::vector<Tensor>* tensors : {&m_results, &m_operands})
                for (const Tensor& tensor : *tensors)
                    dims.back().steps.push_back(tensor.strides()[d]);
        }
        std::stable_sort(dims.begin(), dims.end(),
                         [](const BlockDim& a, const BlockDim& b) { return a.steps[0] > b.steps[0]; });
        for (BlockDim& dim : dims)
            append(std::move(dim));
        if (m_dims.empty())
            m_dims.push_back({1, Sizes(m_results.size() + m_operands.size(), 0)});
        m_cut = m_dims.size() - 1;
        int64_t inner = 1;
        while (m_cut > 0 && inner * m_dims[m_cut].size <= kBlock)
            inner *= m_dims[m_cut--].size;
        m_step = std::max<int64_t>(1, kBlock / inner);
        m_ranges = (m_dims[m_cut].size + m_step - 1) / m_step;
        m_blocks = m_ranges;
        for (size_t d = 0; d < m_cut; ++d)
            m_blocks *= m_dims[d].size;
    }

    void append(BlockDim dim) {
        BlockDim* last = m_dims.empty() ? nullptr : &m_dims.back();
        bool merges = last != nullptr;
        for (size_t k = 0; merges && k < dim.steps.size(); ++k)
            merges = last->steps[k] == dim.steps[k] * dim.size;
        if (merges)
            *last = {last->size * dim.size, std::move(dim.steps)};
        else
            m_dims.push_back(std::move(dim));
    }

    /// Block `b` of a tensor, `k` being its place among the steps.
    Result<Tensor> part(const Tensor& whole, size_t k, int64_t b) const {
        const int64_t begin = b % m_ranges * m_step;
        Sizes sizes{std::min(m_step, m_dims[m_cut].size - begin)}, strides{m_dims[m_cut].steps[k]};
        int64_t offset = whole.offset() + begin * strides[0], rest = b / m_ranges;
        for (size_t d = m_cut; d-- > 0; rest /= m_dims[d].size)
            offset += rest % m_dims[d].size * m_dims[d].steps[k];
        for (size_t d = m_cut + 1; d < m_dims.size(); ++d) {
            sizes.push_back(m_dims[d].size);
            strides.push_back(m_dims[d].steps[k]);
        }
        return whole.asStrided(std::move(sizes), std::move(strides), offset);
    }

    /// All calls over one block, then the kept results to their places. False: a call failed, nothing is written.
    bool runBlock(int64_t b) const {
        ValueList values(m_calls.size());
        for (size_t i = 0; i < m_calls.size(); ++i) {
            ValueList args = m_calls[i].args;
            for (size_t a = 0; a < args.size(); ++a)
                if (m_args[i][a] != kNoTensor) {
                    auto operand = part(m_operands[m_args[i][a]], m_results.size() + m_args[i][a], b);
                    if (!operand.ok())
                        return false;
                    args[a] = std::move(operand).value();
                }
            for (const auto& [place, earlier] : m_calls[i].inner) {
                args[place] = values[earlier];
                if (m_lastUse[earlier] == i && !m_calls[earlier].kept)
                    values[earlier] = Value(); // its memory, warm in the cache, is the next result's
            }
            auto value = m_backend.run(*m_calls[i].op, args, m_context);
            if (!value.ok() || !value->isTensor() || value->tensor().dtype() != m_metas[i].dtype)
                return false;
            values[i] = std::move(value).value();
        }
        return store(values, b);
    }

    bool store(const ValueList& values, int64_t b) const {
        for (size_t i = 0, k = 0; i < m_calls.size(); ++i) {
            if (!m_calls[i].kept)
                continue;
            auto place = part(m_results[k], k, b);
            ++k;
            if (!place.ok() || place->sizes() != values[i].tensor().sizes())
                return false;
            copyElements(values[i].tensor(), *place);
        }
        return true;
    }

    static constexpr size_t kNoTensor = static_cast<size_t>(-1);
    Backend& m_backend;
    std::span<const FusedCall> m_calls;
    std::span<const Tensor> m_spare;
    KernelContext& m_context;
    std::vector<TensorMeta> m_metas;         ///< by call
    std::vector<Tensor> m_results;           ///< of kept calls
    std::vector<Tensor> m_operands;          ///< from outside, expanded to the result's sizes
    std::vector<std::vector<size_t>> m_args; ///< by call and argument: which operand, or kNoTensor
    std::vector<size_t> m_lastUse;           ///< by call: the last call that reads it
    std::vector<BlockDim> m_dims;            ///< steps of results, then of operands
    size_t m_cut = 0;                        ///< blocks are ranges of this dimension
    int64_t m_step = 1, m_ranges = 1, m_blocks = 1;
    bool m_overwrites = false;
    std::atomic<bool> m_failed = false;
};

} // namespace

Result<std::optional<ValueList>> runInBlocks(Backend& backend, std::span<const FusedCall> calls,
                                             std::span<const Tensor> spare, KernelContext& context) {
    return Fusion(backend, calls, spare, context).run();
}

} // namespace fxscope
