// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/device.h"
#include "core/cuda/kernels/fault.cuh"
#include "core/cuda/memory.h"
#include "core/cuda/program.h"
#include "core/ops/op.h"
#include "core/tensor/device_memory.h"

#include <array>
#include <optional>
#include <span>

namespace fxscope::cuda {

/// One card in use: its memory, its stream, its compiled kernels. All work goes to one stream, in order. Lives for
/// ever: tensors refer to it.
class CudaDevice final : public DeviceMemory {
public:
    static Result<std::unique_ptr<CudaDevice>> open(int index);
    ~CudaDevice() override;
    CudaDevice(const CudaDevice&) = delete;
    CudaDevice& operator=(const CudaDevice&) = delete;

    const DeviceProperties& facts() const { return m_facts; }
    cudaStream_t stream() const { return m_stream; }
    DevicePool& pool() { return *m_pool; }
    Programs& programs() { return m_programs; }

    // --- DeviceMemory
    int index() const override { return m_facts.index; }
    Result<Tensor> empty(DType dtype, Sizes sizes, Sizes strides) override;
    Result<Done> copy(const Tensor& from, const Tensor& to) override;
    Result<Done> fill(const Tensor& to, const void* element) override;

    /// An uninitialised tensor of this metadata (row-major without strides). Error: symbolic sizes, no memory.
    Result<Tensor> allocate(const TensorMeta& meta);
    Result<Tensor> zeros(DType dtype, Sizes sizes);

    Result<Tensor> upload(const Tensor& x);   ///< strides kept; the host memory may be freed when this returns
    Result<Tensor> download(const Tensor& x); ///< waits
    Result<Done> copyBytes(void* to, const void* from, size_t bytes); ///< on the device, in order
    Result<Done> clear(void* at, size_t bytes);

    /// Starts the function `kernel` of `source` (see Programs). `arguments` is its one parameter, a struct. Nothing
    /// happens if `blocks` is 0.
    Result<Done> launch(const std::string& source, int64_t blocks, int threads, std::span<const std::byte> arguments,
                        size_t sharedBytes = 0);
    /// After a <<<>>> launch: what it was refused for.
    Result<Done> checkLaunch(std::string_view kernel);

    /// Until all work is done. Error: what a checked kernel reported, or CUDA.
    Result<Done> wait();
    /// Work is recorded as a CUDA graph from here on. Error: CUDA refuses.
    Result<Done> beginRecording();
    /// Ends it and runs the graph `times` times (0: not at all); each time in nanoseconds. The memory that it uses must
    /// not be given to anyone else until then, which is so as long as nothing else runs.
    Result<std::vector<std::chrono::nanoseconds>> endRecording(int times);

    Fault* fault() { return reinterpret_cast<Fault*>(m_fault->data()); } ///< kernels may write it
    /// The number that kernels report faults with, and the name that it stands for.
    void beginNode(std::string name);
    int node() const { return static_cast<int>(m_nodes.size()) - 1; }
    bool isLost() const { return m_lost; } ///< a sticky error: nothing runs any more

private:
    explicit CudaDevice(DeviceProperties facts)
        : m_facts(std::move(facts)), m_pool(std::make_shared<DevicePool>(m_facts.index, this)),
          m_programs(m_facts.architecture()) {}
    Result<Done> start();
    Result<Done> stage(std::byte* to, const std::byte* from, size_t bytes);
    Result<Done> notWhileRecording(std::string_view what) const;
    Result<Done> copyHere(const Tensor& from, const Tensor& to);
    Diagnostic faultFound();
    std::optional<Diagnostic> m_failed; ///< of a copy or fill that nobody asked for its answer
    DeviceProperties m_facts;
    std::shared_ptr<DevicePool> m_pool;
    Programs m_programs;
    cudaStream_t m_stream = nullptr;
    std::unique_ptr<PinnedBuffer> m_fault;
    std::array<std::unique_ptr<PinnedBuffer>, 2> m_staging;
    std::array<cudaEvent_t, 2> m_staged{};
    size_t m_turn = 0;
    std::vector<std::string> m_nodes;
    bool m_lost = false;
    bool m_recording = false;
};

} // namespace fxscope::cuda
