// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_backend.h"

#include "core/cpu/copy_bandwidth.h"
#include "core/cpu/cpu_fused.h"
#include "core/cpu/cpu_info.h"
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/support/text.h"

#include <cstring>
#include <memory>

namespace fxscope {
namespace {

/// Dtypes that graphs can name but no kernel computes with; views and copies of bytes work on them all the same.
bool isStorageOnly(DType dtype) { return dtype == DType::Complex32 || dtype >= DType::Float8E4M3FN; }

/// Tells an operator that does not exist from one that has no kernel yet.
Support withoutKernel(const Target& target, bool known) {
    const std::string& name = target.str();
    if (known)
        return {false, "no kernel for " + name + " yet"};
    if (!name.starts_with("torch.ops."))
        return {false, name + " is a Python function; only operators run here"};
    if (!target.isAten())
        return {false, "no kernel for " + name + ", which is none of PyTorch's own operators"};
    const auto near = nearestTargets(name);
    return {false, "there is no operator " + name + (near.empty() ? "" : "; did you mean " + join(near, " or ") + "?")};
}

class CpuBackend final : public Backend {
public:
    std::string_view name() const override { return "cpu"; }
    Support supports(const Graph& graph, const Node& node) const override;
    Result<Value> run(const OpDef& op, std::span<const Value> args, KernelContext& context) override;
    bool canFuse() const override { return true; }
    Result<ValueList> runFused(std::span<const FusedCall> calls, std::span<const Tensor> spare,
                               KernelContext& context) override;
    std::vector<std::string> description() const override { return describeCpu(); }
    std::string deviceName() const override { return cpuName(); }
    Result<double> measureCopy() override { return cpuCopyBandwidth(); }
    Result<Done> emptyCaches() override;
};

Result<Done> CpuBackend::emptyCaches() {
    constexpr int64_t kBytes = int64_t(128) << 20, kPart = int64_t(1) << 20;
    static const std::unique_ptr<std::byte[]> unread(new std::byte[kBytes]);
    parallelFor(kBytes, kPart, [](int64_t begin, int64_t end) {
        std::memset(unread.get() + begin, static_cast<int>(begin & 1), static_cast<size_t>(end - begin));
    });
    return Done{};
}

Support CpuBackend::supports(const Graph& graph, const Node& node) const {
    if (node.op == Op::Placeholder || node.op == Op::Output || node.op == Op::GetAttr)
        return {};
    if (node.op != Op::CallFunction)
        return {false,
                std::string(fxscope::name(node.op)) + " nodes need their Python module, only call_function runs here"};
    const OpDef* op = findOp(node.target);
    if (!op || !op->reference)
        return withoutKernel(node.target, op || findSchema(node.target));
    if (!op->view)
        for (const NodeId input : graph.inputs(node.id))
            if (const TensorMeta* meta = graph[input].tensor(); meta && isStorageOnly(meta->dtype))
                return {false, "torch." + std::string(fxscope::name(meta->dtype)) + " is not implemented on cpu"};
    return {};
}

Result<Value> CpuBackend::run(const OpDef& op, std::span<const Value> args, KernelContext& context) {
    const CpuKernel* kernel = findCpuKernel(op.target);
    if (kernel && kernel->takes(args))
        return kernel->run(op, args, context);
    if (!op.reference)
        return Diagnostic{"no kernel for " + op.target.str(), "", "list the operators that run with: fxscope doctor"};
    return op.reference(args, context);
}

Result<ValueList> CpuBackend::runFused(std::span<const FusedCall> calls, std::span<const Tensor> spare,
                                       KernelContext& context) {
    FX_TRY(auto results, runInBlocks(*this, calls, spare, context));
    return results ? Result<ValueList>(std::move(*results)) : Backend::runFused(calls, spare, context);
}

} // namespace

Backend& cpuBackend() {
    static CpuBackend backend;
    return backend;
}

} // namespace fxscope
