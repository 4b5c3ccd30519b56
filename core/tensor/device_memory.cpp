// SPDX-License-Identifier: BSD-3-Clause
#include "core/tensor/device_memory.h"

#include <utility>

namespace fxscope {
namespace {

thread_local DeviceMemory* current = nullptr;

} // namespace

DeviceMemory* currentMemory() { return current; }

UseMemory::UseMemory(DeviceMemory* memory) : m_before(std::exchange(current, memory)) {}
UseMemory::~UseMemory() { current = m_before; }

} // namespace fxscope
