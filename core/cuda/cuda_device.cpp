// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_device.h"

#include "core/cuda/call_clock.h"
#include "core/cuda/check.h"
#include "core/cuda/elements.h"
#include "core/ops/operand.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

// Note [Sticky errors]
// A kernel that reaches outside its memory ends the device's context: every later call of CUDA in this process answers
// with that error, whatever it asks for, and nothing can be read back. The error is seen at the first call after the
// fault, usually of a later node. Which node it was says a word of pinned memory, into which the stream itself writes
// the number of each node before that node's work.

namespace fxscope::cuda {
namespace {

/// Null: the driver has no such function.
WriteValue* findWriteValue() {
    void* found = nullptr;
    cudaDriverEntryPointQueryResult answer{};
    if (cudaGetDriverEntryPointByVersion("cuStreamWriteValue32", &found, 12000, cudaEnableDefault, &answer) !=
            cudaSuccess ||
        answer != cudaDriverEntryPointSuccess)
        found = nullptr;
    std::ignore = cudaGetLastError();
    return reinterpret_cast<WriteValue*>(found);
}

constexpr size_t kStagingBytes = size_t(8) << 20;

/// Bytes from the first to the furthest element.
size_t extentBytes(const Tensor& x) {
    int64_t furthest = 0;
    if (x.numel() == 0)
        return 0;
    for (size_t d = 0; d < x.dim(); ++d)
        furthest += (x.size(d) - 1) * x.strides()[d];
    return static_cast<size_t>(furthest + 1) * bytesOf(x.dtype());
}

} // namespace

Result<std::unique_ptr<CudaDevice>> CudaDevice::open(int index) {
    FX_TRY(DeviceProperties facts, factsOf(index));
    std::unique_ptr<CudaDevice> device(new CudaDevice(std::move(facts)));
    FX_CHECK(device->start());
    return device;
}

Result<Done> CudaDevice::start() {
    FX_CHECK(choose());
    FX_CHECK(check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "making a stream"));
    FX_TRY(m_fault, PinnedBuffer::allocate(sizeof(Fault)));
    std::memset(m_fault->data(), 0, sizeof(Fault));
    FX_TRY(m_reached, PinnedBuffer::allocate(sizeof(uint32_t)));
    std::memset(m_reached->data(), 0, sizeof(uint32_t));
    m_writeValue = findWriteValue();
    for (size_t i = 0; i < m_staging.size(); ++i) {
        FX_TRY(m_staging[i], PinnedBuffer::allocate(kStagingBytes));
        FX_CHECK(check(cudaEventCreateWithFlags(&m_staged[i], cudaEventDisableTiming), "making an event"));
    }
    return Done{};
}

Result<Done> CudaDevice::choose() const {
    static thread_local int chosen = -1;
    if (chosen == m_facts.index)
        return Done{};
    FX_CHECK(check(cudaSetDevice(m_facts.index), "choosing the device"));
    chosen = m_facts.index;
    return Done{};
}

CudaDevice::~CudaDevice() {
    for (const cudaEvent_t event : m_staged)
        if (event)
            std::ignore = cudaEventDestroy(event);
    for (const cudaEvent_t event : m_events)
        std::ignore = cudaEventDestroy(event);
    if (m_stream)
        std::ignore = cudaStreamDestroy(m_stream);
}

void CudaDevice::beginNode(const Node& node) {
    m_nodes.push_back({node.name, node.target});
    markNode();
}

/// The stream writes down which node it has got to: the only one to know after a sticky error. See Note [Sticky
/// errors].
void CudaDevice::markNode() {
    if (m_writeValue && !m_recording && !m_lost)
        m_writeValue(m_stream, reinterpret_cast<uintptr_t>(m_reached->data()), static_cast<uint32_t>(node()), 0);
}

/// All work is done. The last node may go on.
void CudaDevice::forgetNodes() {
    while (m_nodes.size() > 1) {
        m_nodes.pop_front();
        ++m_firstNode;
    }
    if (m_firstNode > INT32_MAX / 2)
        m_firstNode = 0;
}

std::string CudaDevice::nameOf(int node) const {
    if (node < m_firstNode || node > this->node())
        return {};
    const Begun& begun = m_nodes[static_cast<size_t>(node - m_firstNode)];
    return "node " + begun.name + " (" + std::string(begun.target.shortName()) + ")";
}

std::string CudaDevice::nodeReached() const {
    if (m_replaying)
        return "a replay of the recorded nodes";
    if (!m_writeValue)
        return m_nodes.empty() ? "" : "at or before " + nameOf(node());
    return nameOf(static_cast<int>(*reinterpret_cast<const volatile uint32_t*>(m_reached->data())));
}

void CudaDevice::lose(cudaError_t error) {
    if (!m_lost)
        m_lost = Diagnostic{std::string("a kernel failed on ") + m_facts.name + ": " + cudaGetErrorString(error),
                            nodeReached(), std::string(kCannotGoOn)};
}

Diagnostic CudaDevice::explained(Diagnostic error) {
    if (m_lost || m_recording)
        return m_lost.value_or(std::move(error));
    if (auto earlier = wait(); !earlier.ok())
        return std::move(earlier).error();
    return error;
}

Result<Tensor> CudaDevice::allocate(const TensorMeta& meta) {
    Sizes sizes, strides;
    for (const SymInt& size : meta.sizes) {
        if (!size.isConstant())
            return Diagnostic{"the size " + size.str() + " has no value", "", ""};
        sizes.push_back(size.constant());
    }
    if (!meta.strides)
        return m_pool->empty(meta.dtype, std::move(sizes));
    for (const SymInt& stride : *meta.strides) {
        if (!stride.isConstant())
            return Diagnostic{"the stride " + stride.str() + " has no value", "", ""};
        strides.push_back(stride.constant());
    }
    return m_pool->empty(meta.dtype, std::move(sizes), std::move(strides));
}

Result<Tensor> CudaDevice::empty(DType dtype, Sizes sizes, Sizes strides) {
    return m_pool->empty(dtype, std::move(sizes), std::move(strides));
}

Result<Done> CudaDevice::copyHere(const Tensor& from, const Tensor& to) {
    if (to.onHost()) {
        FX_TRY(const Tensor host, download(from));
        Tensor target = to;
        return fxscope::copyInto(host, target);
    }
    FX_TRY(const Tensor source, upload(from));
    const bool same = from.dtype() == to.dtype();
    if (same && source.isContiguous() && to.isContiguous())
        return copyBytes(const_cast<std::byte*>(to.raw()), source.raw(), to.bytes());
    return cuda::launch(
        *this, {.outputs = {to}, .inputs = {source}, .body = same ? "out0 = in0;" : "out0 = castTo<O0>(in0);"});
}

Result<Done> CudaDevice::copy(const Tensor& from, const Tensor& to) {
    auto done = copyHere(from, to);
    if (!done.ok() && !m_failed)
        m_failed = done.error();
    return done;
}

Result<Done> CudaDevice::fill(const Tensor& to, const void* element) {
    Number number{to.dtype(), {}};
    std::memcpy(number.bytes.data(), element, bytesOf(to.dtype()));
    auto done = cuda::launch(*this, {.outputs = {to}, .numbers = {number}, .body = "out0 = n0;"});
    if (!done.ok() && !m_failed)
        m_failed = done.error();
    return done;
}

Result<Tensor> CudaDevice::zeros(DType dtype, Sizes sizes) {
    FX_TRY(Tensor made, m_pool->empty(dtype, std::move(sizes)));
    FX_CHECK(clear(made.raw(), made.bytes()));
    return made;
}

Result<Done> CudaDevice::stage(std::byte* to, const std::byte* from, size_t bytes) {
    for (size_t done = 0; done < bytes; done += kStagingBytes) {
        const size_t part = std::min(kStagingBytes, bytes - done);
        const size_t turn = m_turn++ % m_staging.size();
        FX_CHECK(check(cudaEventSynchronize(m_staged[turn]), "waiting for a copy"));
        std::memcpy(m_staging[turn]->data(), from + done, part);
        FX_CHECK(check(cudaMemcpyAsync(to + done, m_staging[turn]->data(), part, cudaMemcpyHostToDevice, m_stream),
                       "copying to the device"));
        FX_CHECK(check(cudaEventRecord(m_staged[turn], m_stream), "recording an event"));
    }
    return Done{};
}

Result<Tensor> CudaDevice::upload(const Tensor& x) {
    if (!x.defined() || !x.onHost())
        return x;
    FX_CHECK(notWhileRecording("a tensor of the host is needed"));
    const size_t bytes = extentBytes(x);
    FX_TRY(auto storage, m_pool->allocate(bytes));
    FX_CHECK(stage(storage->data(), x.raw(), bytes));
    return Tensor::view(std::move(storage), x.dtype(), x.sizes(), x.strides(), 0);
}

Result<Tensor> CudaDevice::download(const Tensor& x) {
    if (!x.defined() || x.onHost())
        return x;
    const size_t bytes = extentBytes(x);
    FX_TRY(auto storage, Storage::allocate(bytes));
    FX_CHECK(check(cudaMemcpyAsync(storage->data(), x.raw(), bytes, cudaMemcpyDeviceToHost, m_stream),
                   "copying from the device"));
    FX_CHECK(wait());
    return Tensor::view(std::move(storage), x.dtype(), x.sizes(), x.strides(), 0);
}

Result<Done> CudaDevice::copyBytes(void* to, const void* from, size_t bytes) {
    if (bytes == 0)
        return Done{};
    return check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, m_stream), "copying on the device");
}

Result<Done> CudaDevice::clear(void* at, size_t bytes) {
    if (bytes == 0)
        return Done{};
    return check(cudaMemsetAsync(at, 0, bytes, m_stream), "clearing memory of the device");
}

Result<Done> CudaDevice::launch(const std::string& source, int64_t blocks, int threads,
                                std::span<const std::byte> arguments, size_t sharedBytes) {
    if (blocks == 0)
        return Done{};
    FX_TRY(const cudaKernel_t kernel, m_programs.kernel(source));
    return launch(kernel, blocks, threads, arguments, sharedBytes);
}

Result<Done> CudaDevice::launch(cudaKernel_t kernel, int64_t blocks, int threads, std::span<const std::byte> arguments,
                                size_t sharedBytes) {
    if (blocks == 0)
        return Done{};
    if (blocks > INT32_MAX)
        return Diagnostic{"a tensor is too large for one launch", "", "use smaller inputs"};
    void* parameters[] = {const_cast<std::byte*>(arguments.data())};
    return check(cudaLaunchKernel(reinterpret_cast<const void*>(kernel), dim3(static_cast<unsigned>(blocks)),
                                  dim3(static_cast<unsigned>(threads)), parameters, sharedBytes, m_stream),
                 "starting a kernel");
}

cudaEvent_t CudaDevice::takeEvent() {
    cudaEvent_t event = nullptr;
    if (m_events.empty())
        return cudaEventCreate(&event) == cudaSuccess ? event : nullptr;
    event = m_events.back();
    m_events.pop_back();
    return event;
}

Result<Done> CudaDevice::checkLaunch(std::string_view kernel) {
    return check(cudaPeekAtLastError(), "starting " + std::string(kernel));
}

Diagnostic CudaDevice::faultFound() {
    const Fault found = *fault();
    std::memset(m_fault->data(), 0, sizeof(Fault));
    const std::string where = nameOf(found.node);
    switch (found.code) {
    case kIndexOutOfRange:
        return Diagnostic{"index " + std::to_string(found.index) + " is out of bounds for dimension with size " +
                              std::to_string(found.bound),
                          where, ""};
    case kDivisionByZero: return Diagnostic{"ZeroDivisionError", where, "an integer is divided by 0"};
    case kBadProbability: return Diagnostic{"Expected p_in >= 0 && p_in <= 1 to be true, but got false.", where, ""};
    default: return Diagnostic{"an assertion of a kernel failed", where, ""};
    }
}

Result<Done> CudaDevice::notWhileRecording(std::string_view what) const {
    if (!m_recording)
        return Done{};
    return Diagnostic{std::string(what) + " while the work is recorded", nameOf(node()),
                      "graphs with such nodes cannot be replayed as one"};
}

Result<Done> CudaDevice::beginRecording() {
    FX_CHECK(wait());
    FX_CHECK(check(cudaStreamBeginCapture(m_stream, cudaStreamCaptureModeRelaxed), "recording a graph"));
    m_recording = true;
    m_pool->hold();
    return Done{};
}

Result<std::vector<std::chrono::nanoseconds>> CudaDevice::endRecording(int times, Caches caches) {
    m_recording = false;
    auto took = replay(times, caches);
    m_pool->release();
    m_replaying = false;
    return took;
}

Result<std::vector<std::chrono::nanoseconds>> CudaDevice::replay(int times, Caches caches) {
    cudaGraph_t graph = nullptr;
    FX_CHECK(check(cudaStreamEndCapture(m_stream, &graph), "recording a graph"));
    const std::shared_ptr<CUgraph_st> ownsGraph(graph, [](cudaGraph_t g) { std::ignore = cudaGraphDestroy(g); });
    std::vector<std::chrono::nanoseconds> took;
    if (times <= 0)
        return took;
    cudaGraphExec_t made = nullptr;
    FX_CHECK(check(cudaGraphInstantiate(&made, graph, 0), "making a graph ready"));
    const std::shared_ptr<CUgraphExec_st> ownsMade(made,
                                                   [](cudaGraphExec_t g) { std::ignore = cudaGraphExecDestroy(g); });
    EventClock clock(*this);
    m_replaying = true;
    for (int i = 0; i < times + 2; ++i) { // the first two warm up
        if (caches == Caches::Cold)
            FX_CHECK(emptyCaches());
        if (i >= 2)
            clock.begin();
        FX_CHECK(check(cudaGraphLaunch(made, m_stream), "starting a graph"));
        if (i >= 2)
            clock.end();
    }
    FX_CHECK(wait());
    return clock.read();
}

Result<Done> CudaDevice::emptyCaches() {
    if (!m_unread.defined()) {
        FX_TRY(m_unread, m_pool->empty(DType::UInt8, {4 * std::max<int64_t>(m_facts.l2Bytes, int64_t(1) << 24)}));
    }
    return clear(m_unread.raw(), m_unread.bytes());
}

Result<Done> CudaDevice::wait() {
    FX_CHECK(notWhileRecording("the host waits for a value"));
    const cudaError_t answer = cudaStreamSynchronize(m_stream);
    if (isSticky(answer)) {
        lose(answer);
        return *m_lost;
    }
    FX_CHECK(check(answer, "waiting for the device"));
    const auto failed = std::exchange(m_failed, std::nullopt);
    if (*const_cast<volatile int*>(&fault()->code) != kNoFault)
        return faultFound(); // came first, and must not be there any more for the next run
    if (failed)
        return *failed;
    forgetNodes();
    return Done{};
}

} // namespace fxscope::cuda
