# SPDX-License-Identifier: BSD-3-Clause
"""x.index_add(0, i, y) = (x[i] = x[i] + y)    i = randperm(rows of x) hits every row exactly once"""
import torch

order = 2
rule = "randperm_index_add"
inputs = dict(x="f32[4, 8]", y="f32[4, 8]")
examples = [
    dict(x="f32[4, 8]", y="f32[4, 8]", matches=1),
    dict(x="bf16[4, 8]", y="bf16[4, 8]", matches=0, because="no_anchor"),
    dict(x="c64[4, 8]", y="c64[4, 8]", matches=0, because="unsupported_type"),
]


def pattern(x, y):
    chosen = torch.randperm(x.shape[0], device=x.device)
    return torch.index_add(x, 0, chosen, y), chosen


def replacement(x, y):
    chosen = torch.randperm(x.shape[0], device=x.device)
    rows = torch.ops.aten._unsafe_index(x, (chosen,))
    return torch.ops.aten._unsafe_index_put(x, (chosen,), rows + y, False), chosen
