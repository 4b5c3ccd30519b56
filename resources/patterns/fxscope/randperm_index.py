# SPDX-License-Identifier: BSD-3-Clause
"""x[i] = _unsafe_index(x, i)    every entry of i is a row of x

As in the set as_written: such a gather moves what must be moved. The pass of this name also knows several index tensors,
other dimensions and index_select."""
import torch

order = 2
rule = "randperm_index"
inputs = dict(x="f32[4, 8]", index="i64[2]")
requires = ["in_bounds(index, x)"]
examples = [
    dict(program="sliced", x="f32[4, 8]", matches=1),
    dict(program="whole", x="bf16[4, 8]", matches=1),
    dict(program="too_long", x="f32[4, 8]", matches=0, because="extra_check"),
    dict(x="f32[4, 8]", index="i64[2]", matches=0, because="extra_check"),
]


def pattern(x, index):
    return torch.ops.aten.index(x, (index,))


def replacement(x, index):
    return torch.ops.aten._unsafe_index(x, (index,))


def sliced(x):
    return torch.ops.aten.index(x, (torch.randperm(4)[:2],))


def whole(x):
    return torch.ops.aten.index(x, (torch.randperm(x.shape[0]),))


def too_long(x):
    return torch.ops.aten.index(x, (torch.randperm(5)[:2],))
