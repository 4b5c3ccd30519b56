# SPDX-License-Identifier: BSD-3-Clause
# An addition at rows that are all different is a gather, an add and a plain store.
# Set as_written: what the rule says, wherever it is provably right; the index is kept, not made anew.
import torch

aten = torch.ops.aten


def pattern(x, index, y):
    return aten.index_put.default(x, [index], y, True)


def replacement(x, index, y):
    return aten.index_put.default(x, [index], aten._unsafe_index.Tensor(x, [index]) + y)


requires = ["distinct(index)", "in_bounds(index, x)", "same_dtype(x, y)"]

examples = [
    dict(x="f32[4, 8]", index="torch.randperm(4)[:2]", y="f32[2, 8]", matches=1),
    dict(x="f32[4, 8]", index="torch.randint(4, [2])", y="f32[2, 8]", matches=0, because="repeated_rows"),
]
