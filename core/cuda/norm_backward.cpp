// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/norm_backward.h"

namespace fxscope::cuda {

Result<Gradients> allocateGradients(const OpDef& op, Values args, CudaDevice& device) {
    FX_TRY(const ValueMeta meta, op.infer(metaArgs(args)));
    Gradients gradients;
    const std::array<Tensor*, 3> tensors{&gradients.dx, &gradients.dw, &gradients.db};
    for (size_t i = 0; i < 3; ++i)
        if (meta.items()[i].isTensor()) {
            FX_TRY(*tensors[i], device.allocate(meta.items()[i].tensor()));
        }
    return gradients;
}

bool areFloating(Values args, std::initializer_list<size_t> places) {
    bool all = hasDeviceTypes(args);
    for (const size_t i : places)
        all = all && isTensorAt(args, i) && isFloating(args[i].tensor().dtype());
    return all;
}

Result<Done> settle(Call& call, const Tensor& from, const Tensor& to) {
    return to.defined() ? call.device.copy(from, to) : Result<Done>(Done{});
}

Result<Sums> sumsOf(Call& call, const std::array<Tensor, 4>& gAndX, size_t kept) {
    const Tensor& shape = gAndX[0];
    Sums sums;
    Fold fold;
    for (Tensor* sum : {&sums.g, &sums.gz}) {
        const Sizes sizes(shape.sizes().begin(), shape.sizes().begin() + static_cast<std::ptrdiff_t>(kept));
        FX_TRY(*sum, call.device.pool().empty(DType::Float64, sizes));
        Sizes all = sizes, strides = rowMajorStrides(sizes);
        all.resize(shape.dim(), 1);
        strides.resize(shape.dim(), 0);
        FX_TRY(Tensor seen, sum->asStrided(std::move(all), std::move(strides), sum->offset()));
        fold.outputs.push_back(std::move(seen));
    }
    fold.inputs.assign(gAndX.begin(), gAndX.end());
    fold.kept = kept;
    fold.prologue = "struct Both { double g, gz; };\n";
    fold.accumulator = "Both";
    fold.start = "{0, 0}";
    fold.add = "const double g = castTo<double>(in0); acc.g += g; "
               "acc.gz += g * ((castTo<double>(in1) - castTo<double>(in2)) * castTo<double>(in3));";
    fold.join = "acc.g += other.g; acc.gz += other.gz;";
    fold.finish = "out0 = acc.g; out1 = acc.gz;";
    FX_CHECK(launch(call.device, fold));
    return sums;
}

Result<Done> inputGradient(Call& call, const std::array<Tensor, 4>& gAndX, const Sums& sums, const Tensor& weight,
                           double count, const Tensor& dx) {
    Elements elements;
    elements.outputs = {dx};
    elements.inputs.assign(gAndX.begin(), gAndX.end());
    elements.inputs.insert(elements.inputs.end(), {sums.g, sums.gz});
    if (weight.defined())
        elements.inputs.push_back(weight);
    elements.numbers = {doubleNumber(count)};
    elements.body = "const double rstd = castTo<double>(in3), gw = castTo<double>(in0)";
    elements.body += weight.defined() ? " * castTo<double>(in6);" : ";";
    elements.body += " const double z = (castTo<double>(in1) - castTo<double>(in2)) * rstd; "
                     "out0 = castTo<O0>(rstd * (gw - in4 / n0 - z * in5 / n0));";
    return launch(call.device, elements);
}

} // namespace fxscope::cuda
