// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_backend.h"
#include "core/exec/backend.h"
#if defined(FXSCOPE_HAS_CUDA)
#include "core/cuda/cuda_backend.h"
#endif

namespace fxscope {
namespace {

/// "cpu" or "cuda (no driver)": a backend as the error lists it.
std::string offer(const Backend& backend) {
    const Support support = backend.available();
    return std::string(backend.name()) + (support ? "" : " (not now: " + support.why + ")");
}

} // namespace

std::span<Backend* const> allBackends() {
    static Backend* const backends[] = {
#define BACKEND(name) &name##Backend(),
#include "core/backends/all_backends.def"
#undef BACKEND
    };
    return backends;
}

Result<Backend*> findBackend(std::string_view device, const DeviceOptions& options) {
    const auto wanted = Device::parse(device);
    std::string offers;
    for (Backend* backend : allBackends()) {
        const bool same = wanted && (backend->name() == device || backend->name() == wanted->type);
        if (same && backend->available()) {
            FX_TRY(Backend* const found, backend->at(wanted->index));
            FX_CHECK(found->configure(options));
            return found;
        }
        offers += (offers.empty() ? "" : ", ") + offer(*backend);
    }
    const std::string what = wanted ? "device " + std::string(device) + " cannot run graphs here"
                                    : "'" + std::string(device) + "' is no device";
    return Diagnostic{what, "", "choose one of: " + offers};
}

std::optional<Diagnostic> lostDevice() {
    for (const Backend* backend : allBackends())
        if (auto error = backend->lost())
            return error;
    return std::nullopt;
}

} // namespace fxscope
