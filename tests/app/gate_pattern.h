// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QDir>
#include <QFile>

namespace fxscope {

/// A graph with three candidates for the pattern below: mul_2 misses, mul_1 matches, mul misses because its sigmoid has
/// a second user. That is the order in which a matcher that walks backwards meets them.
inline const char* const kGateGraph = R"(class GraphModule(torch.nn.Module):
    def forward(self, x: "f32[4, 8]"):
        sigmoid: "f32[4, 8]" = torch.ops.aten.sigmoid.default(x)
        mul: "f32[4, 8]" = torch.ops.aten.mul.Tensor(x, sigmoid);  x = None
        sigmoid_1: "f32[4, 8]" = torch.ops.aten.sigmoid.default(mul)
        mul_1: "f32[4, 8]" = torch.ops.aten.mul.Tensor(mul, sigmoid_1);  sigmoid_1 = None
        mul_2: "f32[4, 8]" = torch.ops.aten.mul.Tensor(mul, mul_1);  mul = mul_1 = None
        return (mul_2, sigmoid)
)";

inline const char* const kGatePattern = R"("""x * sigmoid(x) = sigmoid(x) * x"""
import torch

rule = "gate"
inputs = dict(x="f32[4, 8]")


def pattern(x):
    return torch.ops.aten.mul.Tensor(x, torch.ops.aten.sigmoid.default(x))


def replacement(x):
    return torch.ops.aten.mul.Tensor(torch.ops.aten.sigmoid.default(x), x)
)";

inline const char* const kRefusedPattern = R"("""Loops are not read."""
import torch

inputs = dict(x="f32[4, 8]")


def pattern(x):
    for i in range(3):
        x = torch.relu(x)
    return x


def replacement(x):
    return x
)";

inline QString writeFile(const QString& path, const char* text) {
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    return file.open(QFile::WriteOnly) && file.write(text) > 0 ? path : QString();
}

/// A folder with the pattern, and one that is refused.
inline QString gateFolder(const QString& parent) {
    const QString folder = parent + QStringLiteral("/gates");
    writeFile(folder + QStringLiteral("/gate.py"), kGatePattern);
    writeFile(folder + QStringLiteral("/refused.py"), kRefusedPattern);
    return folder;
}

} // namespace fxscope
