# SPDX-License-Identifier: BSD-3-Clause
"""x.index_add(0, i, y) = (x[i] = x[i] + y)    i = randperm(rows of x)[:rows of y] hits every row at most once

A store instead of an atomic addition. As PyTorch 2.11 registers it."""
import torch

order = 1
rule = "randperm_index_add"
inputs = dict(x="f32[4, 8]", y="f32[2, 8]")
examples = [
    dict(x="f32[4, 8]", y="f32[2, 8]", matches=1),
    dict(x="f16[6, 3]", y="f16[5, 3]", matches=1),
    dict(x="i64[3, 2]", y="i64[0, 2]", matches=1),
    dict(x="f32[4, 8]", y="f32[4, 8]", matches=0, because="function_mismatch"),
    dict(x="bf16[4, 8]", y="bf16[2, 8]", matches=0, because="no_anchor"),
    dict(x="c64[4, 8]", y="c64[2, 8]", matches=0, because="unsupported_type"),
]


def pattern(x, y):
    chosen = torch.randperm(x.shape[0], device=x.device)[: y.shape[0]]
    return torch.index_add(x, 0, chosen, y), chosen


def replacement(x, y):
    chosen = torch.randperm(x.shape[0], device=x.device)[: y.shape[0]]
    rows = torch.ops.aten._unsafe_index(x, (chosen,))
    return torch.ops.aten._unsafe_index_put(x, (chosen,), rows + y, False), chosen
