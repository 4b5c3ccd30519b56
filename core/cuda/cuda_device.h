// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/device.h"
#include "core/cuda/kernels/fault.cuh"
#include "core/cuda/memory.h"
#include "core/cuda/program.h"
#include "core/exec/backend.h"
#include "core/ops/op.h"
#include "core/tensor/device_memory.h"

#include <array>
#include <deque>
#include <optional>
#include <span>

namespace fxscope::cuda {

/// cuStreamWriteValue32 of the driver.
using WriteValue = int(cudaStream_t, unsigned long long address, uint32_t value, unsigned flags);

/// One card in use: its memory, its stream, its compiled kernels. All work goes to one stream, in order. Lives for
/// ever: tensors refer to it.
class CudaDevice final : public DeviceMemory {
public:
    static Result<std::unique_ptr<CudaDevice>> open(int index);
    ~CudaDevice() override;
    /// Makes it the one that this thread's calls of CUDA go to.
    Result<Done> choose() const;
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
    /// The same for a kernel that is at hand.
    Result<Done> launch(cudaKernel_t kernel, int64_t blocks, int threads, std::span<const std::byte> arguments,
                        size_t sharedBytes = 0);
    /// After a <<<>>> launch: what it was refused for.
    Result<Done> checkLaunch(std::string_view kernel);

    /// Until all work is done. Error: what a checked kernel reported, or CUDA.
    Result<Done> wait();
    /// Work is recorded as a CUDA graph from here on. Error: CUDA refuses.
    Result<Done> beginRecording();
    /// Ends it and runs the graph `times` times (0: not at all); each time in nanoseconds. The memory that it uses must
    /// not be given to anyone else until then, which is so as long as nothing else runs.
    Result<std::vector<std::chrono::nanoseconds>> endRecording(int times, Caches caches);
    /// Overwrites the L2 cache. The memory that this takes stays taken.
    Result<Done> emptyCaches();

    /// An event that can time; for a while, then give it back. Null: CUDA makes none.
    cudaEvent_t takeEvent();
    void giveEvent(cudaEvent_t event) { m_events.push_back(event); }

    Fault* fault() const { return reinterpret_cast<Fault*>(m_fault->data()); } ///< kernels may write it
    /// The number that kernels report faults with, and the name that it stands for.
    void beginNode(const Node& node);
    int node() const { return m_firstNode + static_cast<int>(m_nodes.size()) - 1; }

    /// `error` of a call here, or what came before it: a fault of an earlier node, the sticky error with the node that
    /// the device had got to. Waits, so that no later run meets what this one did.
    Diagnostic explained(Diagnostic error);
    /// The sticky error after which nothing runs here any more.
    const std::optional<Diagnostic>& lost() const { return m_lost; }

    DeviceOptions options; ///< how kernels compute

private:
    struct Begun {
        std::string name;
        Target target;
    };
    explicit CudaDevice(DeviceProperties facts)
        : m_facts(std::move(facts)), m_pool(std::make_shared<DevicePool>(m_facts.index, this)),
          m_programs(m_facts.architecture()) {}
    Result<Done> start();
    Result<Done> stage(std::byte* to, const std::byte* from, size_t bytes);
    Result<Done> notWhileRecording(std::string_view what) const;
    std::string nameOf(int node) const;
    std::string nodeReached() const;
    void markNode();
    Result<std::vector<std::chrono::nanoseconds>> replay(int times, Caches caches);
    void forgetNodes();
    void lose(cudaError_t error);
    Result<Done> copyHere(const Tensor& from, const Tensor& to);
    Diagnostic faultFound();
    std::optional<Diagnostic> m_failed; ///< of a copy or fill that nobody asked for its answer
    DeviceProperties m_facts;
    std::shared_ptr<DevicePool> m_pool;
    Tensor m_unread; ///< see emptyCaches
    Programs m_programs;
    cudaStream_t m_stream = nullptr;
    std::unique_ptr<PinnedBuffer> m_fault;
    std::array<std::unique_ptr<PinnedBuffer>, 2> m_staging;
    std::array<cudaEvent_t, 2> m_staged{};
    size_t m_turn = 0;
    std::vector<cudaEvent_t> m_events;       ///< not in use
    std::deque<Begun> m_nodes;               ///< whose work may not be done yet
    int m_firstNode = 0;                     ///< the number of the first of them
    std::unique_ptr<PinnedBuffer> m_reached; ///< the number of the node that the stream has got to
    WriteValue* m_writeValue = nullptr;
    std::optional<Diagnostic> m_lost;
    bool m_recording = false, m_replaying = false;
};

} // namespace fxscope::cuda
