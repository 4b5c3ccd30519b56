// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_backend.h"

#include "core/cpu/cpu_backend.h"
#include "core/cuda/call_clock.h"
#include "core/cuda/copy_bandwidth.h"
#include "core/cuda/host_call.h"
#include "core/cuda/pointwise.h"
#include "core/support/text.h"

#include <fmt/format.h>
#include <nvtx3/nvToolsExt.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

namespace fxscope {
namespace {

using namespace cuda;

/// Calls that look at no element of their tensors.
bool readsMetadataOnly(const OpDef& op) {
    const std::string& target = op.target.str();
    return target.starts_with("torch.ops.aten.sym_") || target == "torch.ops.aten._assert_tensor_metadata.default";
}

bool hasTensor(const Value& value) {
    bool found = false;
    forEachTensor(value, [&](const Tensor& tensor) { found = found || tensor.defined(); });
    return found;
}
/// Whether every tensor is on the device; numbers that a graph makes of nothing may still be on the host.
bool isThere(const Value& value) {
    if (value.isList())
        return std::all_of(value.list().begin(), value.list().end(), isThere);
    return !value.isTensor() || !value.tensor().defined() || !value.tensor().onHost();
}

bool hasTensor(Values args) {
    return std::any_of(args.begin(), args.end(), [](const Value& arg) { return hasTensor(arg); });
}

class CudaBackend final : public Backend {
public:
    explicit CudaBackend(int index) : m_index(index) {}
    std::string_view name() const override { return "cuda"; }
    Support available() const override;
    Support supports(const Graph& graph, const Node& node) const override;
    Result<Value> run(const OpDef& op, std::span<const Value> args, KernelContext& context) override;
    std::vector<std::string> description() const override;
    std::string deviceName() const override;
    Result<double> measureCopy() override;
    Result<Value> upload(const Value& value) override;
    Result<Value> download(const Value& value) override;
    Result<Done> wait() override;
    std::unique_ptr<CallClock> clock() override;
    void beginNode(const Graph& graph, const Node& node) override;
    std::vector<std::string> remarks() override;
    Result<Backend*> at(int index) override;
    Result<Done> configure(const DeviceOptions& options) override;
    std::optional<Diagnostic> lost() const override;
    bool canRecord() const override { return true; }
    Result<Done> beginRecording() override;
    Result<std::vector<std::chrono::nanoseconds>> endRecording(int times, Caches caches) override;
    Result<Done> emptyCaches() override;
    bool canFuse() const override { return true; }
    Result<ValueList> runFused(std::span<const FusedCall> calls, std::span<const Tensor> spare,
                               KernelContext& context) override;

private:
    Result<CudaDevice*> device();
    /// What `work`(device) gives, or the error that is behind its own.
    template <class Work> auto with(const Work& work) -> decltype(work(std::declval<CudaDevice&>()));
    Result<Value> runOne(CudaDevice& device, const OpDef& op, Values args, KernelContext& context);
    Result<Value> runUploaded(CudaDevice& device, const OpDef& op, Values args, KernelContext& context);
    Result<Value> runHere(CudaDevice& device, const OpDef& op, Values args, KernelContext& context);
    int m_index;
    std::unique_ptr<CudaDevice> m_device;
    std::map<std::string, int> m_onHost; ///< operators and how often they ran on the host
    std::string m_node;
    DeviceOptions m_options;
};

/// Those of the cards besides the first, for ever.
std::map<int, std::unique_ptr<CudaBackend>>& otherBackends() {
    static auto& others = *new std::map<int, std::unique_ptr<CudaBackend>>;
    return others;
}

Support CudaBackend::available() const {
    if (const auto error = lost())
        return {false, error->str()};
    const auto facts = factsOf(m_index);
    return facts.ok() ? Support{} : Support{false, facts.error().str()};
}

Support CudaBackend::supports(const Graph& graph, const Node& node) const {
    return cpuBackend().supports(graph, node); // what no kernel here takes runs on the host
}

Result<CudaDevice*> CudaBackend::device() {
    if (m_device && m_device->lost())
        return *m_device->lost();
    if (!m_device) {
        FX_TRY(m_device, CudaDevice::open(m_index));
        m_device->options = m_options;
    }
    FX_CHECK(m_device->choose());
    return m_device.get();
}

template <class Work> auto CudaBackend::with(const Work& work) -> decltype(work(std::declval<CudaDevice&>())) {
    FX_TRY(CudaDevice* const device, this->device());
    auto result = work(*device);
    if (!result.ok())
        return device->explained(std::move(result).error());
    return result;
}

Result<Done> CudaBackend::configure(const DeviceOptions& options) {
    m_options = options;
    if (m_device)
        m_device->options = options;
    return Done{};
}

std::optional<Diagnostic> CudaBackend::lost() const {
    if (m_device && m_device->lost())
        return m_device->lost();
    for (const auto& [index, other] : otherBackends())
        if (m_index == 0 && other->m_device && other->m_device->lost())
            return other->m_device->lost();
    return std::nullopt;
}

Result<Value> CudaBackend::runHere(CudaDevice& device, const OpDef& op, Values args, KernelContext& context) {
    Call call{device, context};
    if (const CudaKernel* kernel = findCudaKernel(op.target)) {
        FX_TRY(std::optional<Value> result, kernel->run(op, args, call));
        if (result)
            return *std::move(result);
    } else if (const PointwiseRule* rule = findPointwiseRule(op.target)) {
        FX_TRY(std::optional<Value> result, runPointwise(op, *rule, args, call));
        if (result)
            return *std::move(result);
    } else if (op.view || op.moves || readsMetadataOnly(op)) {
        const UseMemory here(&device);
        return op.reference(args, context);
    }
    FX_TRY(Value result, runOnHost(op, args, call));
    if (hasTensor(args) || hasTensor(result))
        ++m_onHost[std::string(op.target.shortName())];
    return result;
}

Result<Value> CudaBackend::runUploaded(CudaDevice& device, const OpDef& op, Values args, KernelContext& context) {
    ValueList there;
    for (const Value& arg : args) {
        FX_TRY(Value value, uploaded(device, arg));
        there.push_back(std::move(value));
    }
    return runHere(device, op, there, context);
}

Result<Value> CudaBackend::runOne(CudaDevice& device, const OpDef& op, Values args, KernelContext& context) {
    nvtxRangePushA(m_node.empty() ? op.target.str().c_str() : m_node.c_str());
    const bool there = std::all_of(args.begin(), args.end(), isThere);
    auto result = there ? runHere(device, op, args, context) : runUploaded(device, op, args, context);
    nvtxRangePop();
    return result;
}

Result<Value> CudaBackend::run(const OpDef& op, std::span<const Value> args, KernelContext& context) {
    return with([&](CudaDevice& device) { return runOne(device, op, args, context); });
}

std::vector<std::string> CudaBackend::description() const {
    const auto facts = factsOf(m_index);
    if (!facts.ok())
        return {};
    std::vector<std::string> lines{
        fmt::format("{}, compute capability {}.{}, {} multiprocessors, {:.0f} GiB, {} MiB of L2", facts->name,
                    facts->major, facts->minor, facts->multiprocessors,
                    static_cast<double>(facts->memoryBytes) / 0x1p30, facts->l2Bytes >> 20),
        fmt::format("driver for CUDA {}.{}, runtime {}.{}", facts->driver / 1000, facts->driver % 1000 / 10,
                    facts->runtime / 1000, facts->runtime % 1000 / 10)};
    const std::string cache = kernelCacheFolder();
    lines.push_back("compiled kernels are kept in " + (cache.empty() ? "memory only" : cache));
    return lines;
}

std::string CudaBackend::deviceName() const {
    const auto facts = factsOf(m_index);
    return facts.ok() ? fmt::format("cuda:{} ({})", m_index, facts->name) : fmt::format("cuda:{}", m_index);
}

Result<double> CudaBackend::measureCopy() {
    FX_TRY(CudaDevice* const device, this->device());
    FX_CHECK(device->wait());
    return cuda::copyBandwidth(*device);
}

Result<Value> CudaBackend::upload(const Value& value) {
    return with([&](CudaDevice& device) { return uploaded(device, value); });
}

Result<Value> CudaBackend::download(const Value& value) {
    return with([&](CudaDevice& device) { return downloaded(device, value); });
}

Result<Done> CudaBackend::wait() {
    return with([](CudaDevice& device) { return device.wait(); });
}

Result<Done> CudaBackend::beginRecording() {
    return with([](CudaDevice& device) { return device.beginRecording(); });
}

Result<std::vector<std::chrono::nanoseconds>> CudaBackend::endRecording(int times, Caches caches) {
    return with([&](CudaDevice& device) { return device.endRecording(times, caches); });
}

Result<Done> CudaBackend::emptyCaches() {
    return with([](CudaDevice& device) { return device.emptyCaches(); });
}

Result<ValueList> CudaBackend::runFused(std::span<const FusedCall> calls, std::span<const Tensor> spare,
                                        KernelContext& context) {
    FX_TRY(auto results, with([&](CudaDevice& device) { return runPointwiseTogether(calls, device); }));
    return results ? Result<ValueList>(*std::move(results)) : Backend::runFused(calls, spare, context);
}

std::unique_ptr<CallClock> CudaBackend::clock() {
    const auto device = this->device();
    return device.ok() ? std::make_unique<EventClock>(**device) : Backend::clock();
}

void CudaBackend::beginNode(const Graph&, const Node& node) {
    m_node.assign(node.name).append(" (").append(node.target.shortName()).append(")");
    if (m_device)
        m_device->beginNode(node);
}

std::vector<std::string> CudaBackend::remarks() {
    std::vector<std::string> lines;
    for (const auto& [target, count] : m_onHost)
        lines.push_back(counted(int64_t(count), "call", "calls") + " of " + target +
                        " ran on the host: no kernel here takes them");
    m_onHost.clear();
    m_node.clear();
    if (m_options.tf32)
        lines.push_back("TF32 is on: products and convolutions of float32 take 10 of 23 bits of their operands");
    return lines;
}

Result<Backend*> CudaBackend::at(int index) {
    static std::mutex mutex;
    if (index < 0 || index == m_index)
        return this;
    FX_CHECK(factsOf(index));
    const std::lock_guard lock(mutex);
    auto& other = otherBackends()[index];
    if (!other)
        other = std::make_unique<CudaBackend>(index);
    return other.get();
}

} // namespace

Backend& cudaBackend() {
    static auto& backend = *new CudaBackend(0); // lives as long as the driver, which may end before our destructors
    return backend;
}

} // namespace fxscope
