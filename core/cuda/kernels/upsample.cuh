// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/cuda/kernels/sum_type.cuh"

// Places of upsampling, as core/ops/upsample.cpp has them: S is float for float and narrower types.

namespace fxscope::cuda::upsample {

template <class S> struct Axis {
    long long in, step; ///< step: stride in memory
    S scale;
    bool aligned;

    __device__ long long nearest(long long o) const {
        const long long place = static_cast<long long>(std::floor(static_cast<S>(o) * scale));
        return place < in - 1 ? place : in - 1;
    }
};

/// The lower and the upper neighbour and the weight of the upper one.
template <class S> struct Between {
    long long low, high;
    S weight;
    __device__ Between(const Axis<S>& axis, long long o) {
        S place = axis.aligned ? axis.scale * static_cast<S>(o)
                               : addRounded(axis.scale * (static_cast<S>(o) + S(0.5)), S(-0.5));
        place = place > S(0) || axis.aligned ? place : S(0);
        low = static_cast<long long>(place);
        low = low < axis.in - 1 ? low : axis.in - 1;
        high = low + 1 < axis.in - 1 ? low + 1 : axis.in - 1;
        const S over = place - static_cast<S>(low);
        weight = over < S(0) ? S(0) : over > S(1) ? S(1) : over;
    }
};

template <class T, class S>
__device__ inline T bilinear(const T* plane, const Axis<S>& rows, const Axis<S>& columns, long long h, long long w) {
    const Between<S> down(rows, h), across(columns, w);
    const S upper = (1 - across.weight) * S(plane[down.low * rows.step + across.low * columns.step]) +
                    across.weight * S(plane[down.low * rows.step + across.high * columns.step]);
    const S lower = (1 - across.weight) * S(plane[down.high * rows.step + across.low * columns.step]) +
                    across.weight * S(plane[down.high * rows.step + across.high * columns.step]);
    return castTo<T>((1 - down.weight) * upper + down.weight * lower);
}

} // namespace fxscope::cuda::upsample
