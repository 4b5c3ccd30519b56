// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/attention.h"
#include "core/ops/operand.h"

#include <algorithm>

// Note [Attention in parts]
// Rows of scores do not depend on each other. Where all of them would take more than a sixteenth of the card's memory,
// they are computed some heads, or some queries of one head, after the other, each part in the memory of the last.

namespace fxscope::cuda {
namespace {

constexpr int64_t kShare = 16;

/// Heads and queries from .. on, so many.
struct Part {
    int64_t head, heads, query, queries;
};

/// Rows of those heads; `x` is [heads, rows, width].
Result<Tensor> rowsIn(const Tensor& x, const Part& part, int64_t row, int64_t rows) {
    return x.asStrided({part.heads, rows, x.size(2)}, x.strides(),
                       x.offset() + part.head * x.strides()[0] + row * x.strides()[1]);
}

/// What of the mask one head's queries see.
Result<Tensor> maskOf(const Attention& whole, const Part& part) {
    FX_TRY(const Tensor spread, expandTo(*whole.mask, whole.scoreSizes));
    const size_t rows = spread.dim() - 2;
    int64_t offset = spread.offset() + part.query * spread.strides()[rows], head = part.head;
    for (size_t d = rows; d-- > 0; head /= spread.size(d))
        offset += head % spread.size(d) * spread.strides()[d];
    return spread.asStrided({1, part.queries, spread.size(rows + 1)},
                            {0, spread.strides()[rows], spread.strides()[rows + 1]}, offset);
}

Result<Attention> partOf(const Attention& whole, const Part& part) {
    Attention one{.causal = whole.causal, .firstQuery = part.query, .scale = whole.scale};
    FX_TRY(one.q, rowsIn(whole.q, part, part.query, part.queries));
    FX_TRY(one.k, rowsIn(whole.k, part, 0, whole.k.size(1)));
    FX_TRY(one.v, rowsIn(whole.v, part, 0, whole.v.size(1)));
    one.scoreSizes = {part.heads, part.queries, whole.k.size(1)};
    if (whole.mask) {
        FX_TRY(one.mask, maskOf(whole, part));
    }
    return one;
}

/// Scores, weights and values of one attention, into y.
Result<Done> attendAtOnce(CudaDevice& device, const Attention& attention, const Attended& to) {
    FX_TRY(const Tensor scores, scoresOf(device, attention));
    FX_CHECK(softmaxRows(device, scores, to.logSums, to.nanStays));
    return multiply(device, {.a = scores, .b = attention.v, .out = to.y});
}

Result<Done> attendPart(CudaDevice& device, const Attention& whole, const Part& part, const Attended& to) {
    FX_TRY(const Attention attention, partOf(whole, part));
    Attended here{.logSums = to.logSums, .nanStays = to.nanStays};
    FX_TRY(here.y, rowsIn(to.y, part, part.query, part.queries));
    if (to.logSums.defined()) {
        const int64_t queries = whole.q.size(1), first = part.head * queries + part.query;
        FX_TRY(here.logSums,
               to.logSums.asStrided({part.heads, part.queries}, {queries, 1}, to.logSums.offset() + first));
    }
    return attendAtOnce(device, attention, here);
}

} // namespace

Result<Done> attend(CudaDevice& device, const Attention& attention, const Attended& to, int64_t mostScoreBytes) {
    const int64_t heads = attention.q.size(0), queries = attention.q.size(1), keys = attention.k.size(1);
    const int64_t rowBytes = keys * static_cast<int64_t>(bytesOf(attentionType(attention.q.dtype())));
    const int64_t most = mostScoreBytes > 0 ? mostScoreBytes : device.facts().memoryBytes / kShare;
    const int64_t rows = std::max<int64_t>(1, most / std::max<int64_t>(1, rowBytes));
    if (heads * queries <= rows)
        return attendAtOnce(device, attention, to);
    const int64_t headsAtOnce = attention.mask ? 1 : std::max<int64_t>(1, rows / queries);
    const int64_t queriesAtOnce = std::min(queries, rows);
    for (int64_t head = 0; head < heads; head += headsAtOnce)
        for (int64_t query = 0; query < queries; query += queriesAtOnce)
            FX_CHECK(attendPart(
                device, attention,
                {head, std::min(headsAtOnce, heads - head), query, std::min(queriesAtOnce, queries - query)}, to));
    return Done{};
}

} // namespace fxscope::cuda
