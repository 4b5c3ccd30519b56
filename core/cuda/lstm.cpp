// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/products.h"

// lstm.input(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first): the gates of all
// steps that depend on x are one product; each step then adds its product with h and computes h and c. See
// core/ops/lstm.cpp.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

struct Layers {
    bool biases = false, batchFirst = false;
    int64_t count = 1, directions = 1;
    size_t perCell() const { return biases ? 4 : 2; }
};

Result<Layers> layersOf(Values args) {
    Layers layers;
    FX_TRY(layers.biases, boolAt(args, 3));
    FX_TRY(layers.count, intAt(args, 4));
    FX_TRY(const bool both, boolAt(args, 7));
    FX_TRY(layers.batchFirst, boolAt(args, 8));
    layers.directions = both ? 2 : 1;
    return layers;
}

/// The weights of one cell in the computing dtype: [4 width, inputs], [4 width, width] and the two biases' sum.
struct Cell {
    Tensor inputWeight, stateWeight;
    std::optional<Tensor> bias;
};

Result<Cell> cellAt(CudaDevice& device, const std::vector<Tensor>& params, size_t first, bool biases, DType dtype) {
    Cell cell;
    FX_TRY(cell.inputWeight, contiguous(device, params[first], dtype));
    FX_TRY(cell.stateWeight, contiguous(device, params[first + 1], dtype));
    if (!biases)
        return cell;
    FX_TRY(cell.bias, device.pool().empty(dtype, params[first + 2].sizes()));
    FX_CHECK(launch(device, {.outputs = {*cell.bias},
                             .inputs = {params[first + 2], params[first + 3]},
                             .body = "out0 = castTo<O0>(in0) + castTo<O0>(in1);"}));
    return cell;
}

/// x weight^T + added for rows of x.
Result<Done> timesWeight(CudaDevice& device, const Tensor& x, const Tensor& weight, std::optional<Tensor> added,
                         const Tensor& out) {
    FX_TRY(const Tensor stack, asStack(weight));
    FX_TRY(const Tensor right, turned(stack));
    return multiply(device, {.a = x, .b = right, .added = std::move(added), .out = out});
}

constexpr std::string_view kStep =
    "const O1 next = formulas::sigmoid(in1) * in4 + formulas::sigmoid(in0) * std::tanh(in2); "
    "const O0 shown = formulas::sigmoid(in3) * std::tanh(next); "
    "out0 = shown; out1 = next; out2 = shown;";

/// One direction of one layer over x [time, batch, inputs] into y [time, batch, directions * width] from `column` on.
Result<Done> runDirection(CudaDevice& device, const Cell& cell, const Tensor& x, bool backwards, const Tensor& h,
                          const Tensor& c, int64_t column, const Tensor& y) {
    const int64_t steps = x.size(0), batch = x.size(1), inputs = x.size(2), width = h.size(1), gates = 4 * width;
    FX_TRY(const Tensor rows, x.asStrided({1, steps * batch, inputs}, {0, inputs, 1}, x.offset()));
    FX_TRY(const Tensor fromInput, device.pool().empty(x.dtype(), {1, steps * batch, gates}));
    FX_CHECK(timesWeight(device, rows, cell.inputWeight, cell.bias, fromInput));
    FX_TRY(const Tensor all, device.pool().empty(x.dtype(), {1, batch, gates}));
    FX_TRY(const Tensor state, asStack(h));
    for (int64_t n = 0; n < steps; ++n) {
        const int64_t t = backwards ? steps - 1 - n : n;
        FX_TRY(const Tensor now, fromInput.asStrided({1, batch, gates}, {0, gates, 1}, t * batch * gates));
        FX_CHECK(timesWeight(device, state, cell.stateWeight, now, all));
        Elements step{.body = std::string(kStep)};
        FX_TRY(const Tensor shown, y.asStrided({batch, width}, {y.size(2), 1}, t * batch * y.size(2) + column));
        step.outputs = {h, c, shown};
        for (int64_t gate = 0; gate < 4; ++gate) {
            FX_TRY(Tensor one, all.asStrided({batch, width}, {gates, 1}, gate * width));
            step.inputs.push_back(std::move(one));
        }
        step.inputs.push_back(c);
        FX_CHECK(launch(device, step));
    }
    return Done{};
}

Result<Tensor> timeFirst(const Tensor& x) {
    return x.asStrided({x.size(1), x.size(0), x.size(2)}, {x.strides()[1], x.strides()[0], x.strides()[2]}, x.offset());
}

/// A row-major copy in another dtype, to be written to.
Result<Tensor> copyOf(CudaDevice& device, const Tensor& x, DType dtype) {
    FX_TRY(Tensor made, device.pool().empty(dtype, x.sizes()));
    if (x.numel() > 0)
        FX_CHECK(device.copy(x, made));
    return made;
}

/// Whether weights and states are as wide as they have to be.
bool fits(const Layers& layers, const Tensor& x, const std::vector<Tensor>& states, const std::vector<Tensor>& params) {
    const int64_t width = states[0].size(2), cells = layers.count * layers.directions;
    const int64_t batch = x.size(layers.batchFirst ? 0 : 1);
    for (const Tensor& state : states)
        if (state.sizes() != Sizes{cells, batch, width})
            return false;
    for (size_t i = 0; i < params.size(); ++i) {
        const bool firstLayer = static_cast<int64_t>(i / layers.perCell()) < layers.directions;
        const int64_t inputs = firstLayer ? x.size(2) : width * layers.directions;
        const Sizes wanted = i % layers.perCell() == 0   ? Sizes{4 * width, inputs}
                             : i % layers.perCell() == 1 ? Sizes{4 * width, width}
                                                         : Sizes{4 * width};
        if (params[i].sizes() != wanted)
            return false;
    }
    return true;
}

Taken runLstm(const OpDef& op, Values args, Call& call) {
    CudaDevice& device = call.device;
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, device));
    FX_TRY(const Layers layers, layersOf(args));
    FX_TRY(const auto states, tensorsAt(args, 1));
    FX_TRY(const auto params, tensorsAt(args, 2));
    FX_TRY(const double dropout, doubleAt(args, 5));
    FX_TRY(const bool train, boolAt(args, 6));
    const Tensor& given = args[0].tensor();
    const bool drops = train && dropout != 0 && layers.count > 1;
    if (drops || !isFloating(given.dtype()) || deviceType(given.dtype()).empty() ||
        !fits(layers, given, states, params))
        return std::optional<Value>();
    const DType dtype = given.dtype() == DType::Float64 ? DType::Float64 : DType::Float32;
    FX_TRY(const Tensor ordered, layers.batchFirst ? timeFirst(given) : Result<Tensor>(given));
    FX_TRY(Tensor x, contiguous(device, ordered, dtype));
    FX_TRY(const Tensor h, copyOf(device, states[0], dtype));
    FX_TRY(const Tensor c, copyOf(device, states[1], dtype));
    const int64_t batch = h.size(1), width = h.size(2);
    const auto stateOf = [&](const Tensor& all, int64_t index) {
        return all.asStrided({batch, width}, {width, 1}, index * batch * width);
    };
    for (int64_t layer = 0; layer < layers.count; ++layer) {
        FX_TRY(const Tensor y, device.pool().empty(dtype, {x.size(0), batch, width * layers.directions}));
        for (int64_t d = 0; d < layers.directions; ++d) {
            const int64_t index = layer * layers.directions + d;
            FX_TRY(const Cell cell,
                   cellAt(device, params, static_cast<size_t>(index) * layers.perCell(), layers.biases, dtype));
            FX_TRY(const Tensor ownH, stateOf(h, index));
            FX_TRY(const Tensor ownC, stateOf(c, index));
            FX_CHECK(runDirection(device, cell, x, d == 1, ownH, ownC, d * width, y));
        }
        x = y;
    }
    FX_TRY(const Tensor result, layers.batchFirst ? timeFirst(x) : Result<Tensor>(x));
    const std::array<const Tensor*, 3> made{&result, &h, &c};
    for (size_t i = 0; i < 3; ++i)
        if (out[i].numel() > 0)
            FX_CHECK(device.copy(*made[i], out[i]));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel lstm_input{"torch.ops.aten.lstm.input", runLstm};

} // namespace fxscope::cuda
