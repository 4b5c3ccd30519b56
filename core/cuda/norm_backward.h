// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/norm.h"

#include <array>

// Gradients of layer_norm, group_norm and batch_norm. With z = (x - mean) * rstd, y = z * w + b and g the gradient of
// y: dw = sum(g z), db = sum(g), and over a group of n elements that share mean and rstd dx = rstd * (g w - mean(g w) -
// z * mean(g w z)). In double, but for the layer norm's dx and dw.

namespace fxscope::cuda {

/// dx, dw, db as the shape rule gives them; undefined where not wanted.
struct Gradients {
    Tensor dx, dw, db;
    Value asValue() const {
        ValueList results;
        for (const Tensor* tensor : {&dx, &dw, &db})
            results.push_back(tensor->defined() ? Value(*tensor) : Value());
        return Value(std::move(results));
    }
};
Result<Gradients> allocateGradients(const OpDef& op, Values args, CudaDevice& device);

/// Are these arguments tensors of floating dtypes, and is every dtype one that device code has?
bool areFloating(Values args, std::initializer_list<size_t> places);

/// to = from, cast; nothing if `to` is not wanted.
Result<Done> settle(Call& call, const Tensor& from, const Tensor& to);

/// Sums of g and of g z over rows.
struct Sums {
    Tensor g, gz; ///< doubles, row-major, of the kept dimensions' sizes
};
/// Of the rows of g and x, with mean and rstd seen in the same dimensions; the first `kept` say which row.
Result<Sums> sumsOf(Call& call, const std::array<Tensor, 4>& gAndX, size_t kept);

/// dx = rstd * (g w - sums.g / n - z * sums.gz / n), everything seen in the dimensions of g; w may be undefined.
Result<Done> inputGradient(Call& call, const std::array<Tensor, 4>& gAndX, const Sums& sums, const Tensor& weight,
                           double count, const Tensor& dx);

} // namespace fxscope::cuda
