# SPDX-License-Identifier: BSD-3-Clause
"""x[i] = _unsafe_index(x, i)    i = randperm(rows of x)[:slice_shape] is always in bounds

slice_shape is traced as 2, smaller than the 4 rows of the example, so the slice stays."""
import torch

order = 4
rule = "randperm_index"
inputs = dict(x="f32[4, 8]")
scalar_workaround = dict(slice_shape=2)
examples = [
    dict(x="f32[4, 8]", slice_shape=3, matches=1),
    dict(x="f32[4, 8]", slice_shape=4, matches=0, because="function_mismatch"),
    dict(x="c64[4, 8]", slice_shape=3, matches=0, because="unsupported_type"),
]


def pattern(x, slice_shape):
    chosen = torch.randperm(x.shape[0], device=x.device)[:slice_shape]
    return torch.ops.aten.index(x, (chosen,)), chosen


def replacement(x, slice_shape):
    chosen = torch.randperm(x.shape[0], device=x.device)[:slice_shape]
    return torch.ops.aten._unsafe_index(x, (chosen,)), chosen
