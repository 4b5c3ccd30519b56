# SPDX-License-Identifier: BSD-3-Clause
"""x[i] = _unsafe_index(x, i)    i = randperm(rows of x) is always in bounds"""
import torch

order = 3
rule = "randperm_index"
inputs = dict(x="f32[4, 8]")
examples = [
    dict(x="f32[4, 8]", matches=1),
    dict(x="i64[1, 3]", matches=1),
    dict(x="c64[4, 8]", matches=0, because="unsupported_type"),
]


def pattern(x):
    chosen = torch.randperm(x.shape[0], device=x.device)
    return torch.ops.aten.index(x, (chosen,)), chosen


def replacement(x):
    chosen = torch.randperm(x.shape[0], device=x.device)
    return torch.ops.aten._unsafe_index(x, (chosen,)), chosen
