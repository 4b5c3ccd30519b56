// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/backend.h"

namespace fxscope {
namespace {

/// For backends whose calls return when they are done.
class HostClock final : public CallClock {
public:
    void begin() override { m_begin = std::chrono::steady_clock::now(); }
    void end() override { m_times.push_back(std::chrono::steady_clock::now() - m_begin); }
    Result<std::vector<std::chrono::nanoseconds>> read() override { return m_times; }

private:
    std::chrono::steady_clock::time_point m_begin;
    std::vector<std::chrono::nanoseconds> m_times;
};

} // namespace

Result<Backend*> Backend::at(int index) {
    if (index <= 0)
        return this;
    return Diagnostic{"there is no device " + std::string(name()) + ":" + std::to_string(index), "", ""};
}

Result<Done> Backend::configure(const DeviceOptions& options) {
    if (!options.tf32)
        return Done{};
    return Diagnostic{"TF32 is a mode of NVIDIA cards, " + std::string(name()) + " has none", "", "leave it out"};
}

Result<Value> runAlone(Backend& backend, const OpDef& op, std::span<const Value> args, KernelContext& context) {
    ValueList there;
    for (const Value& arg : args) {
        FX_TRY(Value value, backend.upload(arg));
        there.push_back(std::move(value));
    }
    auto result = backend.run(op, there, context);
    FX_CHECK(backend.wait());
    if (!result.ok())
        return result;
    return backend.download(*result);
}

Result<Done> Backend::beginRecording() { return Diagnostic{std::string(name()) + " records nothing", "", ""}; }
Result<std::vector<std::chrono::nanoseconds>> Backend::endRecording(int, Caches) {
    return Diagnostic{std::string(name()) + " records nothing", "", ""};
}

Result<double> Backend::measureCopy() {
    return Diagnostic{std::string(name()) + " does not measure its memory", "", ""};
}

std::unique_ptr<CallClock> Backend::clock() { return std::make_unique<HostClock>(); }

Result<ValueList> Backend::runFused(std::span<const FusedCall> calls, std::span<const Tensor>, KernelContext& context) {
    ValueList results, kept;
    for (const FusedCall& call : calls) {
        ValueList args = call.args;
        for (const auto& [place, earlier] : call.inner)
            args[place] = results[earlier];
        FX_TRY(Value result, run(*call.op, args, context));
        results.push_back(std::move(result));
        if (call.kept)
            kept.push_back(results.back());
    }
    return kept;
}

} // namespace fxscope
