# SPDX-License-Identifier: BSD-3-Clause
"""x[i] += y  =  where a row is in i: x + y of that row, else x    no row of x occurs twice in i

One pass over memory: x and y are read once, the result is written once. The inverse of i says which row of y belongs to a
row of x. Wherever it is proven; the pass of this name also knows index_add, other dimensions and alpha, and stores rows
(as the set as_written does) in place, where y may be empty or has to be broadcast."""
import torch

order = 1
rule = "randperm_index_add"
inputs = dict(x="f32[4, 8]", index="i64[2]", y="f32[2, 8]")
requires = ["distinct(index)", "in_bounds(index, x)", "same_dtype(x, y)", "matrix(x)", "matrix(y)", "row_per_entry(y, index)"]
examples = [
    dict(program="sliced", x="f32[4, 8]", y="f32[2, 8]", matches=1),
    dict(program="whole", x="f16[4, 8]", y="f16[4, 8]", matches=1),
    dict(program="drawn", x="f32[4, 8]", y="f32[2, 8]", matches=0, because="extra_check"),
    dict(program="sliced", x="f32[4, 8, 3]", y="f32[2, 8, 3]", matches=0, because="replacement_crashes"),
    dict(program="none", x="f32[4, 8]", y="f32[0, 8]", matches=0, because="extra_check"),
    dict(x="f32[4, 8]", index="i64[2]", y="f32[2, 8]", matches=0, because="extra_check"),
]


def pattern(x, index, y):
    return torch.ops.aten.index_put(x, (index,), y, True)


def replacement(x, index, y):
    numbers = torch.ops.prims.iota.default(y.shape[0], start=0, step=1, dtype=torch.int64, device=x.device, requires_grad=False)
    inverse = torch.ops.aten.full([x.shape[0]], -1, dtype=torch.int64, device=x.device)
    inverse = torch.ops.aten._unsafe_index_put(inverse, (index,), numbers)
    rows = torch.ops.aten._unsafe_index(y, (torch.ops.aten.clamp_min(inverse, 0),))
    return torch.ops.aten.where((inverse >= 0).view(-1, 1), x + rows, x)


def sliced(x, y):
    return torch.ops.aten.index_put(x, (torch.randperm(x.shape[0])[:2],), y, True)


def whole(x, y):
    return torch.ops.aten.index_put(x, (torch.randperm(x.shape[0]),), y, True)


def drawn(x, y):
    return torch.ops.aten.index_put(x, (torch.randperm(2) + torch.randperm(2),), y, True)


def none(x, y):
    return torch.ops.aten.index_put(x, (torch.randperm(x.shape[0])[:0],), y, True)
