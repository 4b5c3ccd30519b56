// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

/// Yes, or no with a sentence that says why.
struct Support {
    bool ok = true;
    std::string why;
    explicit operator bool() const { return ok; }
};

/// One of several elementwise calls that run together, over blocks of their elements.
struct FusedCall {
    const OpDef* op = nullptr;
    ValueList args;                               ///< bound; the places named by `inner` are empty
    std::vector<std::pair<size_t, size_t>> inner; ///< an argument, and the earlier call whose result it is
    bool kept = true;                             ///< somebody wants the result
};

/// Times of calls, in the order of `begin`. Reading waits for them.
class CallClock {
public:
    virtual ~CallClock() = default;
    virtual void begin() = 0;
    virtual void end() = 0;
    virtual Result<std::vector<std::chrono::nanoseconds>> read() = 0;
};

/// How a device computes, where there is a choice.
struct DeviceOptions {
    bool tf32 = false; ///< products and convolutions of float32 take 10 of their operands' 23 bits of mantissa
};

/// What of its input a call finds in the caches: what the call before left there, or nothing.
enum class Caches : uint8_t { Warm, Cold };

/// A device that runs operators. `cpu` is always there; others may say at run time why they are not.
class Backend {
public:
    virtual ~Backend() = default;
    virtual std::string_view name() const = 0;
    virtual Support available() const { return {}; } ///< "no": why this machine cannot
    /// Can this call run here? Looks at operator, dtype and the like; found out before a run starts.
    virtual Support supports(const Graph& graph, const Node& node) const = 0;
    /// Runs one call with bound arguments (see Kernel): tensors are where `upload` puts them, so are those of the
    /// result. May return before the work is done; an error that shows only then is that of `wait`.
    virtual Result<Value> run(const OpDef& op, std::span<const Value> args, KernelContext& context) = 0;
    virtual bool canFuse() const { return false; } ///< optional: runFused
    /// Runs elementwise calls (see isElementwise) in one pass over memory; the kept results, in order, equal those of
    /// `run` bit for bit. `spare`: tensors that nobody but these calls reads any more, where results may be written.
    virtual Result<ValueList> runFused(std::span<const FusedCall> calls, std::span<const Tensor> spare,
                                       KernelContext& context);

    /// The backend of another device of its kind, for "cuda:1"; itself for -1. Error: there is none.
    virtual Result<Backend*> at(int index);
    /// How calls of `run` compute from now on. Error: the device has no such choice.
    virtual Result<Done> configure(const DeviceOptions& options);
    /// After an error that only a new process gets over (a kernel reached outside its memory): that error, which every
    /// later call repeats. Of any device of its kind.
    virtual std::optional<Diagnostic> lost() const { return std::nullopt; }
    virtual std::vector<std::string> description() const { return {}; }    ///< lines for `doctor`
    virtual std::string deviceName() const { return std::string(name()); } ///< "cuda:0 (NVIDIA H100)"
    /// optional: bytes per second, read and written, of a copy of arrays larger than caches. Read it through
    /// copyBandwidth (traffic.h), which measures once.
    virtual Result<double> measureCopy();

    /// The value with its tensors in the memory that kernels here read (strides kept), and back in host memory. The
    /// same value where that is host memory too. Waits where it has to.
    virtual Result<Value> upload(const Value& value) { return value; }
    virtual Result<Value> download(const Value& value) { return value; }
    /// Until everything that `run` began is done. Error: what a kernel met meanwhile.
    virtual Result<Done> wait() { return Done{}; }
    /// Measures calls of `run` one by one.
    virtual std::unique_ptr<CallClock> clock();
    /// The next call of `run` is this node, for errors that show later: their `where` is "node NAME (OPERATOR)".
    virtual void beginNode(const Graph&, const Node&) {}
    /// optional: what `run` starts after beginRecording is written down instead of done; endRecording does it `times`
    /// times, as one, and says how long each took. In between nothing may wait, upload or download: such a call fails.
    /// Cold: emptyCaches before each time.
    virtual bool canRecord() const { return false; }
    virtual Result<Done> beginRecording();
    virtual Result<std::vector<std::chrono::nanoseconds>> endRecording(int times, Caches caches);
    /// optional: fills the caches with what nobody reads, so that the next call has to go to memory.
    virtual Result<Done> emptyCaches() { return Done{}; }
    /// What a user should know about how the last run went ("3 calls ran on the host: ..."); cleared by asking.
    virtual std::vector<std::string> remarks() { return {}; }
};

/// One call with host tensors, its result on the host, when it is done.
Result<Value> runAlone(Backend& backend, const OpDef& op, std::span<const Value> args, KernelContext& context);

/// core/backends/all_backends.def, those built in. Owned by the library.
std::span<Backend* const> allBackends();
/// "cpu", "cuda:0", configured so. Error: lists what there is, and why not.
Result<Backend*> findBackend(std::string_view device, const DeviceOptions& options = {});
/// Backend::lost of the first one that is.
std::optional<Diagnostic> lostDevice();

} // namespace fxscope
