// SPDX-License-Identifier: BSD-3-Clause
// A stand-in for CUDA's runtime on machines without a device: memory of the device is memory of the host, streams do
// their work at once, and kernels are the shared libraries that fake_nvrtc.cpp makes. It takes the place of the real
// runtime in a build of its own; nothing of the product knows it. A kernel that reaches outside its memory leaves the
// error that CUDA keeps. FXSCOPE_EMULATED says which machine it is: "no driver", "no device", "old card", "small card"
// (64 MiB); else a card of 1 GiB.
#include <cuda_runtime_api.h>
#include <elf.h>

#include <csignal>
#include <dlfcn.h>
#include <ucontext.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string_view>
#include <vector>

struct Place3 {
    unsigned x, y, z;
};
extern "C" {
Place3 fxThreadIdx, fxBlockIdx, fxBlockDim, fxGridDim;
}

namespace {

using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point; ///< what an event is: streams do their work at once

struct Kernel {
    void (*call)(void*);
    bool meets; ///< its threads wait for each other
};
std::set<const void*> kernels;

// --- threads of a block that wait for each other: each has a stack, and they take turns

constexpr size_t kStack = 64 << 10;
struct Fiber {
    ucontext_t context;
    std::vector<char> stack;
    bool done = false;
    unsigned long long word = 0;
    int vote = 0;
};
std::vector<Fiber> fibers;
ucontext_t scheduler;
size_t current = 0;
const Kernel* running = nullptr;
void* runningArguments = nullptr;
std::vector<char> dynamicShared;

void fiberMain() {
    running->call(runningArguments);
    fibers[current].done = true;
    swapcontext(&fibers[current].context, &scheduler);
}

/// Hands on to the next; comes back when all that still run have got as far.
void handOn() { swapcontext(&fibers[current].context, &scheduler); }

void runBlockTogether(unsigned threads) {
    if (fibers.size() < threads)
        fibers.resize(threads);
    for (unsigned t = 0; t < threads; ++t) {
        Fiber& fiber = fibers[t];
        fiber.stack.resize(kStack);
        fiber.done = false;
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack.data();
        fiber.context.uc_stack.ss_size = fiber.stack.size();
        fiber.context.uc_link = nullptr;
        makecontext(&fiber.context, fiberMain, 0);
    }
    for (bool any = true; any;) {
        any = false;
        for (unsigned t = 0; t < threads; ++t) {
            if (fibers[t].done)
                continue;
            any = true;
            current = t;
            fxThreadIdx = {t, 0, 0};
            swapcontext(&scheduler, &fibers[t].context);
        }
    }
}

void runGrid(dim3 grid, dim3 block) {
    fxBlockDim = {block.x, block.y, block.z};
    fxGridDim = {grid.x, grid.y, grid.z};
    for (unsigned b = 0; b < grid.x; ++b) {
        fxBlockIdx = {b, 0, 0};
        if (running->meets) {
            runBlockTogether(block.x);
            continue;
        }
        for (unsigned t = 0; t < block.x; ++t) {
            fxThreadIdx = {t, 0, 0};
            running->call(runningArguments);
        }
    }
}

bool isMachine(std::string_view name) {
    const char* given = std::getenv("FXSCOPE_EMULATED");
    return given && name == given;
}
size_t memoryBytes() { return isMachine("small card") ? size_t(64) << 20 : size_t(1) << 30; }
size_t allocatedBytes = 0;
std::map<void*, size_t> sizes; ///< of what is allocated

// --- what a kernel does wrong ends the launch, and nothing works any more

cudaError_t sticky = cudaSuccess;
ucontext_t beforeLaunch;

void outsideMemory(int) {
    sticky = cudaErrorIllegalAddress;
    setcontext(&beforeLaunch);
}

/// Runs `work`, and is back where it began when that reaches outside its memory.
template <class Work> void guarded(const Work& work) {
    struct sigaction catching {
    }, before{};
    catching.sa_handler = outsideMemory;
    sigaction(SIGSEGV, &catching, &before);
    getcontext(&beforeLaunch);
    if (sticky == cudaSuccess)
        work();
    sigaction(SIGSEGV, &before, nullptr);
}

size_t elfBytes(const void* image) {
    const auto* header = static_cast<const Elf64_Ehdr*>(image);
    return header->e_shoff + size_t(header->e_shnum) * header->e_shentsize;
}

} // namespace

extern "C" {

void fxBarrier() { handOn(); }
unsigned long long fxExchange(unsigned long long mine, int from) {
    const size_t self = current, base = self / 32 * 32;
    fibers[self].word = mine;
    handOn();
    const unsigned long long got = fibers[base + static_cast<size_t>(from & 31)].word;
    handOn(); // nobody overwrites before all have read
    return got;
}
unsigned fxBallot(int vote) {
    const size_t self = current, base = self / 32 * 32;
    fibers[self].vote = vote;
    handOn();
    unsigned bits = 0;
    for (size_t lane = 0; lane < 32 && base + lane < fibers.size(); ++lane)
        bits |= (fibers[base + lane].vote && base + lane < fxBlockDim.x ? 1u : 0u) << lane;
    handOn();
    return bits;
}
void* fxDynamicShared() { return dynamicShared.data(); }

cudaError_t cudaGetDeviceCount(int* count) {
    *count = 0;
    if (isMachine("no driver"))
        return cudaErrorInsufficientDriver;
    if (isMachine("no device"))
        return cudaErrorNoDevice;
    *count = 1;
    return sticky;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int) {
    std::memset(p, 0, sizeof *p);
    std::strcpy(p->name, "emulated device");
    p->major = isMachine("old card") ? 7 : 9, p->minor = isMachine("old card") ? 5 : 0;
    p->multiProcessorCount = 132, p->maxThreadsPerMultiProcessor = 2048;
    p->totalGlobalMem = memoryBytes(), p->l2CacheSize = 50 << 20;
    return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int* v) {
    *v = isMachine("no driver") ? 0 : 13000;
    return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int* v) {
    *v = 13000;
    return cudaSuccess;
}
cudaError_t cudaSetDevice(int) { return sticky; }
cudaError_t cudaGetLastError() { return sticky; }
cudaError_t cudaPeekAtLastError() { return sticky; }
const char* cudaGetErrorString(cudaError_t e) {
    switch (e) {
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorIllegalAddress: return "an illegal memory access was encountered";
    default: return "emulated error";
    }
}
cudaError_t cudaMalloc(void** p, size_t bytes) {
    if (sticky != cudaSuccess)
        return sticky;
    if (bytes > memoryBytes() - allocatedBytes)
        return cudaErrorMemoryAllocation;
    *p = std::aligned_alloc(512, (bytes + 511) / 512 * 512);
    if (!*p)
        return cudaErrorMemoryAllocation;
    sizes[*p] = bytes;
    allocatedBytes += bytes;
    return cudaSuccess;
}
cudaError_t cudaFree(void* p) {
    if (sticky != cudaSuccess)
        return sticky;
    allocatedBytes -= sizes[p];
    sizes.erase(p);
    std::free(p);
    return cudaSuccess;
}
cudaError_t cudaMemGetInfo(size_t* free, size_t* all) {
    *all = memoryBytes();
    *free = *all - allocatedBytes;
    return sticky;
}
cudaError_t cudaHostAlloc(void** p, size_t bytes, unsigned) {
    *p = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
    return sticky;
}
cudaError_t cudaFreeHost(void* p) {
    std::free(p);
    return cudaSuccess;
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t) {
    if (bytes && sticky == cudaSuccess)
        std::memmove(to, from, bytes);
    return sticky;
}
cudaError_t cudaMemsetAsync(void* at, int value, size_t bytes, cudaStream_t) {
    if (sticky == cudaSuccess)
        std::memset(at, value, bytes);
    return sticky;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* s, unsigned) {
    *s = reinterpret_cast<cudaStream_t>(std::malloc(1));
    return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t s) {
    std::free(s);
    return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) { return sticky; }
static int writeValue(cudaStream_t, unsigned long long address, uint32_t value, unsigned) {
    if (sticky == cudaSuccess)
        *reinterpret_cast<uint32_t*>(address) = value;
    return 0;
}
cudaError_t cudaGetDriverEntryPointByVersion(const char* name, void** found, unsigned, unsigned long long,
                                             cudaDriverEntryPointQueryResult* answer) {
    const bool known = std::string_view(name) == "cuStreamWriteValue32";
    *found = known ? reinterpret_cast<void*>(writeValue) : nullptr;
    *answer = known ? cudaDriverEntryPointSuccess : cudaDriverEntryPointSymbolNotFound;
    return cudaSuccess;
}
cudaError_t cudaEventCreate(cudaEvent_t* e) {
    *e = reinterpret_cast<cudaEvent_t>(new Moment);
    return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) { return cudaEventCreate(e); }
cudaError_t cudaEventDestroy(cudaEvent_t e) {
    delete reinterpret_cast<Moment*>(e);
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t) {
    *reinterpret_cast<Moment*>(e) = Clock::now();
    return sticky;
}
cudaError_t cudaEventSynchronize(cudaEvent_t) { return sticky; }
cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t from, cudaEvent_t to) {
    *ms = std::chrono::duration<float, std::milli>(*reinterpret_cast<Moment*>(to) - *reinterpret_cast<Moment*>(from))
              .count();
    return sticky;
}

cudaError_t cudaLibraryLoadData(cudaLibrary_t* library, const void* image, cudaJitOption*, void**, unsigned,
                                cudaLibraryOption*, void**, unsigned) {
    char path[] = "/tmp/fxscope-emulated-XXXXXX";
    const int file = mkstemp(path);
    FILE* stream = fdopen(file, "wb");
    std::fwrite(image, 1, elfBytes(image), stream);
    std::fclose(stream);
    void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        std::fprintf(stderr, "%s\n", dlerror());
    std::remove(path);
    if (!handle)
        return cudaErrorInvalidKernelImage;
    *library = reinterpret_cast<cudaLibrary_t>(handle);
    return cudaSuccess;
}
cudaError_t cudaLibraryGetKernel(cudaKernel_t* kernel, cudaLibrary_t library, const char*) {
    auto* made = new Kernel{reinterpret_cast<void (*)(void*)>(dlsym(library, "fxCall")),
                            *static_cast<const int*>(dlsym(library, "fxMeets")) != 0};
    kernels.insert(made);
    *kernel = reinterpret_cast<cudaKernel_t>(made);
    return cudaSuccess;
}
cudaError_t cudaLaunchKernel(const void* function, dim3 grid, dim3 block, void** parameters, size_t shared,
                             cudaStream_t) {
    if (!kernels.contains(function))
        return cudaErrorInvalidDeviceFunction; // compiled by nvcc: nothing here can run it
    if (sticky != cudaSuccess)
        return sticky;
    running = static_cast<const Kernel*>(function);
    runningArguments = parameters[0];
    dynamicShared.resize(shared);
    guarded([&] { runGrid(grid, block); });
    return cudaSuccess; // an error shows at the next call
}
}
