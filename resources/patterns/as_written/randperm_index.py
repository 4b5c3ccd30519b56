# SPDX-License-Identifier: BSD-3-Clause
# A gather whose index cannot leave the tensor needs no bounds check.
# Set as_written: what the rule says, wherever it is provably right.
import torch

aten = torch.ops.aten


def pattern(x, index):
    return aten.index.Tensor(x, [index])


def replacement(x, index):
    return aten._unsafe_index.Tensor(x, [index])


requires = ["in_bounds(index, x)"]

examples = [
    dict(x="f32[4, 8]", index="torch.randperm(4)[:2]", matches=1),
    dict(x="f32[4, 8]", index="torch.randperm(5)[:2]", matches=0, because="out_of_bounds"),
]
