// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/fourier.h"
#include "core/cuda/optional_library.h"

#include <cufft.h>

#include <map>
#include <mutex>

// Transformed dimensions are brought to the end and transformed together, up to three at a time, as cuFFT takes them.

namespace fxscope::cuda {
namespace {

/// cuFFT's functions.
struct Fft {
    decltype(cufftCreate)* create;
    decltype(cufftDestroy)* destroy;
    decltype(cufftSetAutoAllocation)* setAutoAllocation;
    decltype(cufftMakePlanMany64)* makePlan;
    decltype(cufftSetStream)* setStream;
    decltype(cufftSetWorkArea)* setWorkArea;
    decltype(cufftExecC2C)* single;
    decltype(cufftExecZ2Z)* twofold;
};

Result<Fft> loadFft() {
    FX_TRY(const Library library, openOptional({"libcufft.so.12", "libcufft.so.11", "libcufft.so"}));
    Fft f{};
    FX_TRY(f.create, library.function<decltype(cufftCreate)>("cufftCreate"));
    FX_TRY(f.destroy, library.function<decltype(cufftDestroy)>("cufftDestroy"));
    FX_TRY(f.setAutoAllocation, library.function<decltype(cufftSetAutoAllocation)>("cufftSetAutoAllocation"));
    FX_TRY(f.makePlan, library.function<decltype(cufftMakePlanMany64)>("cufftMakePlanMany64"));
    FX_TRY(f.setStream, library.function<decltype(cufftSetStream)>("cufftSetStream"));
    FX_TRY(f.setWorkArea, library.function<decltype(cufftSetWorkArea)>("cufftSetWorkArea"));
    FX_TRY(f.single, library.function<decltype(cufftExecC2C)>("cufftExecC2C"));
    FX_TRY(f.twofold, library.function<decltype(cufftExecZ2Z)>("cufftExecZ2Z"));
    return f;
}

const Fft* fft() {
    static const Result<Fft> loaded = loadFft();
    return loaded.ok() ? &*loaded : nullptr;
}

struct Plan {
    cufftHandle handle = 0;
    size_t workBytes = 0;
    bool usable = false;
};

Plan makePlan(const Fft& fft, cudaStream_t stream, std::vector<long long> lengths, int64_t batch, cufftType type) {
    Plan plan;
    if (fft.create(&plan.handle) != CUFFT_SUCCESS)
        return plan;
    plan.usable = fft.setAutoAllocation(plan.handle, 0) == CUFFT_SUCCESS &&
                  fft.makePlan(plan.handle, static_cast<int>(lengths.size()), lengths.data(), nullptr, 1, 0, nullptr, 1,
                               0, type, batch, &plan.workBytes) == CUFFT_SUCCESS &&
                  fft.setStream(plan.handle, stream) == CUFFT_SUCCESS;
    if (!plan.usable)
        fft.destroy(plan.handle);
    return plan;
}

/// The last dimensions of row-major `from`, with these lengths, into `to`.
Result<bool> execute(CudaDevice& device, const Fft& fft, const Tensor& from, const std::vector<long long>& lengths,
                     bool forward, const Tensor& to) {
    static std::mutex mutex;
    static auto& plans = *new std::map<std::pair<const CudaDevice*, std::vector<long long>>, Plan>;
    const bool twofold = from.dtype() == DType::Complex128;
    int64_t points = 1;
    for (const long long length : lengths)
        points *= length;
    std::vector<long long> key = lengths;
    key.insert(key.end(), {from.numel() / points, twofold ? 1 : 0});
    const std::lock_guard lock(mutex);
    const auto [entry, isNew] = plans.try_emplace({&device, key});
    if (isNew)
        entry->second = makePlan(fft, device.stream(), lengths, from.numel() / points, twofold ? CUFFT_Z2Z : CUFFT_C2C);
    const Plan& plan = entry->second;
    if (!plan.usable)
        return false;
    FX_TRY(const auto work, device.pool().allocate(std::max<size_t>(plan.workBytes, 1)));
    if (fft.setWorkArea(plan.handle, work->data()) != CUFFT_SUCCESS)
        return false;
    const int direction = forward ? CUFFT_FORWARD : CUFFT_INVERSE;
    void* const source = const_cast<std::byte*>(from.raw());
    void* const target = const_cast<std::byte*>(to.raw());
    return (twofold ? fft.twofold(plan.handle, static_cast<cufftDoubleComplex*>(source),
                                  static_cast<cufftDoubleComplex*>(target), direction)
                    : fft.single(plan.handle, static_cast<cufftComplex*>(source), static_cast<cufftComplex*>(target),
                                 direction)) == CUFFT_SUCCESS;
}

/// `x` with `dims` transformed, as a view with its dimensions in their order.
Result<std::optional<Tensor>> transformGroup(CudaDevice& device, const Fft& fft, const Tensor& x,
                                             const std::vector<size_t>& dims, bool forward, DType dtype) {
    std::vector<size_t> order;
    for (size_t d = 0; d < x.dim(); ++d)
        if (std::find(dims.begin(), dims.end(), d) == dims.end())
            order.push_back(d);
    order.insert(order.end(), dims.begin(), dims.end());
    Sizes sizes, strides;
    for (const size_t d : order) {
        sizes.push_back(x.size(d));
        strides.push_back(x.strides()[d]);
    }
    FX_TRY(const Tensor seen, x.asStrided(sizes, strides, x.offset()));
    FX_TRY(const Tensor from, contiguous(device, seen, dtype));
    FX_TRY(const Tensor to, device.pool().empty(dtype, sizes));
    std::vector<long long> lengths;
    for (const size_t d : dims)
        lengths.push_back(x.size(d));
    FX_TRY(const bool done, execute(device, fft, from, lengths, forward, to));
    if (!done)
        return std::optional<Tensor>();
    Sizes back(x.dim());
    for (size_t i = 0; i < order.size(); ++i)
        back[order[i]] = to.strides()[i];
    FX_TRY(const Tensor made, to.asStrided(x.sizes(), back, to.offset()));
    return std::optional(made);
}

} // namespace

Result<std::optional<Tensor>> fourierByLibrary(CudaDevice& device, const Tensor& x, const std::vector<size_t>& dims,
                                               bool forward) {
    const bool twofold = x.dtype() == DType::Complex128 || x.dtype() == DType::Float64;
    const Fft* const library = x.numel() > 0 && !dims.empty() ? fft() : nullptr;
    if (!library)
        return std::optional<Tensor>();
    std::optional<Tensor> work = x;
    for (size_t first = 0; first < dims.size(); first += 3) {
        const std::vector<size_t> group(dims.begin() + static_cast<ptrdiff_t>(first),
                                        dims.begin() + static_cast<ptrdiff_t>(std::min(first + 3, dims.size())));
        FX_TRY(work,
               transformGroup(device, *library, *work, group, forward, twofold ? DType::Complex128 : DType::Complex64));
        if (!work)
            return work;
    }
    return work;
}

} // namespace fxscope::cuda
