# SPDX-License-Identifier: BSD-3-Clause
"""amax(x, 1), amax(x) = m, amax(m)    m = amax(x, 1)

The maximum of everything from the maxima of the rows. post_grad.py has it for amax and amin over any dimensions, of
tensors of at least 4096 elements."""
import torch

order = 11
rule = "partial_reduction"
inputs = dict(x="f32[64, 64]")
examples = [
    dict(x="f32[64, 64]", matches=1),
    dict(x="i64[3, 5]", matches=1),
    dict(x="f32[64, 64]meta", matches=0, because="unsupported_type"),
]


def pattern(x):
    return torch.ops.aten.amax(x, [1]), torch.ops.aten.amax(x)


def replacement(x):
    rows = torch.ops.aten.amax(x, [1])
    return rows, torch.ops.aten.amax(rows)
