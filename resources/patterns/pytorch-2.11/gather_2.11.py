# SPDX-License-Identifier: BSD-3-Clause
"""x[i] = _unsafe_index(x, i)    i = randperm(rows of x)[:slice_shape] is always in bounds

As PyTorch 2.11 registers it: the example has 4 rows and slice_shape is traced as 42, so the slice covers everything
and tracing drops it. Nothing then mentions slice_shape, and whatever matches stops PyTorch with an error."""
import torch

order = 2
rule = "randperm_index"
inputs = dict(x="f32[4, 8]")
scalar_workaround = dict(slice_shape=42)
examples = [
    dict(x="f32[4, 8]", slice_shape=2, matches=0, because="function_mismatch"),
    dict(x="f32[4, 8]", slice_shape=4, matches=0, because="missing_input"),
]


def pattern(x, slice_shape):
    chosen = torch.randperm(x.shape[0], device=x.device)[:slice_shape]
    return torch.ops.aten.index(x, (chosen,)), chosen


def replacement(x, slice_shape):
    chosen = torch.randperm(x.shape[0], device=x.device)[:slice_shape]
    return torch.ops.aten._unsafe_index(x, (chosen,)), chosen
