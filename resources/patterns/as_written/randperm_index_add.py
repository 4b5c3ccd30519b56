# SPDX-License-Identifier: BSD-3-Clause
"""x[i] += y  =  x[i] = x[i] + y    no row of x occurs twice in i

What the rule says, wherever it is proven; the index is kept, not made anew. The pass of this name also knows
index_add, other dimensions, alpha and in-place forms."""
import torch

order = 1
rule = "randperm_index_add"
inputs = dict(x="f32[4, 8]", index="i64[2]", y="f32[2, 8]")
requires = ["distinct(index)", "in_bounds(index, x)", "same_dtype(x, y)"]
examples = [
    dict(program="sliced", x="f32[4, 8]", y="f32[2, 8]", matches=1),
    dict(program="whole", x="f16[4, 8]", y="f16[4, 8]", matches=1),
    dict(program="drawn", x="f32[4, 8]", y="f32[2, 8]", matches=0, because="extra_check"),
    dict(x="f32[4, 8]", index="i64[2]", y="f32[2, 8]", matches=0, because="extra_check"),
]


def pattern(x, index, y):
    return torch.ops.aten.index_put(x, (index,), y, True)


def replacement(x, index, y):
    rows = torch.ops.aten._unsafe_index(x, (index,))
    return torch.ops.aten._unsafe_index_put(x, (index,), rows + y, False)


def sliced(x, y):
    return torch.ops.aten.index_put(x, (torch.randperm(x.shape[0])[:2],), y, True)


def whole(x, y):
    return torch.ops.aten.index_put(x, (torch.randperm(x.shape[0]),), y, True)


def drawn(x, y):
    return torch.ops.aten.index_put(x, (torch.randperm(2) + torch.randperm(2),), y, True)
