// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/args.h"

#include <array>

namespace fxscope {

/// One spatial dimension of a convolution.
struct ConvAxis {
    int64_t in = 1, out = 1, kernel = 1, stride = 1, padding = 0, dilation = 1;

    /// The input position that output position `o` meets at kernel tap `k`; -1 in the padding, and between the strides
    /// of a transposed convolution.
    int64_t tap(bool transposed, int64_t o, int64_t k) const {
        const int64_t reach = transposed ? o + padding - k * dilation : o * stride - padding + k * dilation;
        if (!transposed)
            return reach < in ? reach : -1; // a negative reach is padding as well
        const bool between = reach < 0 || reach % stride != 0 || reach / stride >= in;
        return between ? -1 : reach / stride;
    }
};

/// A convolution of 1, 2 or 3 spatial dimensions as one of 3: missing ones come first, with size 1.
struct ConvShape {
    int64_t batch = 1, groups = 1, inChannels = 1, outChannels = 1;
    bool transposed = false;
    size_t spatial = 2;
    std::array<ConvAxis, 3> axes;
};

/// The arguments of aten.convolution as one struct, for a kernel. Defaults stand for what conv2d and the like leave
/// out.
struct ConvCall {
    Tensor input, weight;
    std::optional<Tensor> bias;
    Sizes stride, padding, dilation, outputPadding;
    bool transposed = false;
    int64_t groups = 1;
};
/// "convolution.default"'s arguments; `convNd` reads those of conv1d, conv2d, conv3d (no transposed, no
/// output_padding).
Result<ConvCall> convCall(Values args);
Result<ConvCall> convNdCall(Values args);

/// Metadata of the result (batched or, as conv2d takes it, with one dimension less). Errors in PyTorch's meaning.
Result<ValueMeta> inferConvolution(Metas args);
Result<ValueMeta> inferConvNd(Metas args);

/// `out` is the result's sizes, input and weight are batched.
ConvShape convShape(const ConvCall& call, const Sizes& out);
/// `tensor` with a dimension of size 1 in front.
Result<Tensor> withBatch(const Tensor& tensor);

} // namespace fxscope
