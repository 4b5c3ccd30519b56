// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// lstm.input: layers of LSTM cells over a sequence. With gates (i, f, g, o) = W_ih x + b_ih + W_hh h + b_hh,
// c' = sigmoid(f) c + sigmoid(i) tanh(g) and h' = sigmoid(o) tanh(c'). A bidirectional layer also runs from the end,
// and its outputs stand behind those of the forward direction.

namespace fxscope::ops {
namespace {

/// (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
struct LstmShape {
    bool biases = false, batchFirst = false;
    int64_t layers = 1, directions = 1;
    size_t perCell() const { return biases ? 4 : 2; }
};

Result<LstmShape> lstmShape(const auto args) {
    LstmShape shape;
    FX_TRY(shape.biases, boolAt(args, 3));
    FX_TRY(shape.layers, intAt(args, 4));
    FX_TRY(const bool both, boolAt(args, 7));
    FX_TRY(shape.batchFirst, boolAt(args, 8));
    shape.directions = both ? 2 : 1;
    return shape;
}

Result<ValueMeta> inferLstm(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const auto states, tensorsAt(args, 1));
    FX_TRY(const auto params, tensorsAt(args, 2));
    FX_TRY(const LstmShape shape, lstmShape(args));
    const auto cells = static_cast<size_t>(shape.layers * shape.directions);
    if (x.sizes.size() != 3 || states.size() != 2 || states[0].sizes.size() != 3)
        return Diagnostic{"lstm expects a batched input of 3 dimensions and two states of 3 dimensions", "", ""};
    if (params.size() != cells * shape.perCell())
        return Diagnostic{"lstm expects " + std::to_string(cells * shape.perCell()) + " weights, got " +
                              std::to_string(params.size()) + " (projections are not implemented)",
                          "", ""};
    const SymInt width = states[0].sizes[2] * SymInt(shape.directions);
    const SymInt &first = x.sizes[0], &second = x.sizes[1];
    TensorMeta output = newMeta(x.dtype, {first, second, width}, &x);
    if (shape.batchFirst) // computed by time step
        output.strides = SymSizes{width, first * width, SymInt(1)};
    return tensorList({output, newMeta(x.dtype, states[0].sizes, &x), newMeta(x.dtype, states[1].sizes, &x)});
}

double sigmoidOf(double x) { return 1 / (1 + std::exp(-x)); }

/// The weights of one cell in double; biases may be undefined.
struct LstmCell {
    Tensor inputWeight, stateWeight, inputBias, stateBias;

    double gate(int64_t row, const double* x, const double* h) const {
        const int64_t inputs = inputWeight.size(1), width = stateWeight.size(1);
        double sum = 0;
        for (int64_t k = 0; k < inputs; ++k)
            sum += inputWeight.data<double>()[row * inputs + k] * x[k];
        for (int64_t k = 0; k < width; ++k)
            sum += stateWeight.data<double>()[row * width + k] * h[k];
        return sum + (inputBias.defined() ? inputBias.data<double>()[row] + stateBias.data<double>()[row] : 0);
    }
    /// h and c become those after x.
    void step(const double* x, double* h, double* c) const {
        const int64_t width = stateWeight.size(1);
        std::vector<double> gates(static_cast<size_t>(4 * width));
        for (int64_t row = 0; row < 4 * width; ++row)
            gates[static_cast<size_t>(row)] = gate(row, x, h);
        for (int64_t u = 0; u < width; ++u) {
            const auto at = [&](int64_t which) { return gates[static_cast<size_t>(which * width + u)]; };
            c[u] = sigmoidOf(at(1)) * c[u] + sigmoidOf(at(0)) * std::tanh(at(2));
            h[u] = sigmoidOf(at(3)) * std::tanh(c[u]);
        }
    }
};

Result<LstmCell> cellAt(const std::vector<Tensor>& params, size_t first, const LstmShape& shape) {
    LstmCell cell;
    FX_TRY(cell.inputWeight, converted(params[first], DType::Float64));
    FX_TRY(cell.stateWeight, converted(params[first + 1], DType::Float64));
    if (shape.biases) {
        FX_TRY(cell.inputBias, converted(params[first + 2], DType::Float64));
        FX_TRY(cell.stateBias, converted(params[first + 3], DType::Float64));
    }
    return cell;
}

/// One direction of one layer over x [time, batch, inputs] into y [time, batch, directions * width].
void runDirection(const LstmCell& cell, const Tensor& x, bool backwards, double* h, double* c, int64_t column,
                  Tensor& y) {
    const int64_t steps = x.size(0), batch = x.size(1), inputs = x.size(2), width = cell.stateWeight.size(1);
    for (int64_t n = 0; n < steps; ++n) {
        const int64_t t = backwards ? steps - 1 - n : n;
        for (int64_t b = 0; b < batch; ++b) {
            cell.step(x.data<double>() + (t * batch + b) * inputs, h + b * width, c + b * width);
            std::copy_n(h + b * width, width, y.data<double>() + (t * batch + b) * y.size(2) + column);
        }
    }
}

/// `x` [first, second, ...] with its first two dimensions exchanged.
Result<Tensor> timeFirst(const Tensor& x) {
    return x.asStrided({x.size(1), x.size(0), x.size(2)}, {x.strides()[1], x.strides()[0], x.strides()[2]}, x.offset());
}

Result<Value> runLstm(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferLstm, args));
    FX_TRY(const LstmShape shape, lstmShape(args));
    FX_TRY(const auto states, tensorsAt(args, 1));
    FX_TRY(const auto params, tensorsAt(args, 2));
    FX_TRY(const double dropout, doubleAt(args, 5));
    FX_TRY(const bool train, boolAt(args, 6));
    if (train && dropout != 0 && shape.layers > 1)
        return Diagnostic{"lstm with dropout between its layers is not implemented", "",
                          "export the model in eval mode"};
    FX_TRY(const Tensor turned, shape.batchFirst ? timeFirst(args[0].tensor()) : tensorAt(args, 0));
    FX_TRY(Tensor x, converted(turned, DType::Float64));
    FX_TRY(const Tensor h0, converted(states[0], DType::Float64));
    FX_TRY(const Tensor c0, converted(states[1], DType::Float64));
    FX_TRY(Tensor h, h0.clone());
    FX_TRY(Tensor c, c0.clone());
    const int64_t width = h.size(2), perState = h.size(1) * width;
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
        FX_TRY(Tensor y, Tensor::empty(DType::Float64, {x.size(0), x.size(1), width * shape.directions}));
        for (int64_t d = 0; d < shape.directions; ++d) {
            const int64_t index = layer * shape.directions + d;
            FX_TRY(const LstmCell cell, cellAt(params, static_cast<size_t>(index) * shape.perCell(), shape));
            runDirection(cell, x, d == 1, h.data<double>() + index * perState, c.data<double>() + index * perState,
                         d * width, y);
        }
        x = y;
    }
    FX_TRY(const Tensor result, shape.batchFirst ? timeFirst(x) : Result<Tensor>(x));
    FX_CHECK(copyInto(result, out[0]));
    FX_CHECK(copyInto(h, out[1]));
    FX_CHECK(copyInto(c, out[2]));
    return Value(ValueList(out.begin(), out.end()));
}

} // namespace

const OpDef lstm_input{.target = "torch.ops.aten.lstm.input", .infer = inferLstm, .reference = runLstm};

} // namespace fxscope::ops
