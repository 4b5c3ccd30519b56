// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/host_call.h"

#include "core/cpu/cpu_backend.h"
#include "core/exec/evaluate.h"

#include <functional>
#include <map>

namespace fxscope::cuda {
namespace {

using Change = std::function<Result<Tensor>(const Tensor&)>;

Result<Value> changed(const Value& value, const Change& change) {
    if (value.isTensor()) {
        if (!value.tensor().defined())
            return value;
        FX_TRY(Tensor tensor, change(value.tensor()));
        return Value(std::move(tensor));
    }
    if (!value.isList())
        return value;
    ValueList items;
    for (const Value& item : value.list()) {
        FX_TRY(Value one, changed(item, change));
        items.push_back(std::move(one));
    }
    return Value(std::move(items));
}

Result<Tensor> wholeStorage(const std::shared_ptr<Storage>& storage) {
    return Tensor::view(storage, DType::UInt8, {static_cast<int64_t>(storage->bytes())}, {1}, 0);
}

/// The host's copies of storages of the device, so that arguments that share memory go on sharing it.
class HostCopies {
public:
    explicit HostCopies(CudaDevice& device) : m_device(device) {}

    Result<Tensor> copyOf(const Tensor& x) {
        if (x.onHost())
            return x;
        auto& copy = m_copies[x.storage()];
        if (!copy) {
            FX_TRY(const Tensor bytes, wholeStorage(x.storage()));
            FX_TRY(const Tensor host, m_device.download(bytes));
            copy = host.storage();
        }
        return Tensor::view(copy, x.dtype(), x.sizes(), x.strides(), x.offset());
    }
    Result<Tensor> original(const Tensor& x) {
        for (const auto& [device, host] : m_copies)
            if (host == x.storage())
                return Tensor::view(device, x.dtype(), x.sizes(), x.strides(), x.offset());
        return m_device.upload(x);
    }
    /// What was written on the host is written on the device.
    Result<Done> writeBack(const Tensor& argument) {
        const auto found = m_copies.find(argument.storage());
        if (found == m_copies.end() || argument.storage()->bytes() == 0)
            return Done{};
        FX_TRY(const Tensor bytes, wholeStorage(found->second));
        FX_TRY(const Tensor moved, m_device.upload(bytes));
        return m_device.copyBytes(found->first->data(), moved.raw(), moved.bytes());
    }

private:
    CudaDevice& m_device;
    std::map<std::shared_ptr<Storage>, std::shared_ptr<Storage>> m_copies;
};

} // namespace

Result<Value> uploaded(CudaDevice& device, const Value& value) {
    return changed(value, [&](const Tensor& x) { return device.upload(x); });
}

Result<Value> downloaded(CudaDevice& device, const Value& value) {
    return changed(value, [&](const Tensor& x) { return device.download(x); });
}

Result<Value> runOnHost(const OpDef& op, Values args, Call& call) {
    const UseMemory host(nullptr);
    HostCopies copies(call.device);
    ValueList onHost;
    for (const Value& arg : args) {
        FX_TRY(Value copy, changed(arg, [&](const Tensor& x) { return copies.copyOf(x); }));
        onHost.push_back(std::move(copy));
    }
    FX_TRY(const Value result, cpuBackend().run(op, onHost, call.context));
    if (const Schema* schema = schemaOf(op))
        for (size_t i = 0; i < schema->args.size() && i < args.size(); ++i)
            if (schema->args[i].mutated && args[i].isTensor())
                FX_CHECK(copies.writeBack(args[i].tensor()));
    return changed(result, [&](const Tensor& x) { return copies.original(x); });
}

} // namespace fxscope::cuda
