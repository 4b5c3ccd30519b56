# SPDX-License-Identifier: BSD-3-Clause
"""cat(split(x, n, 1), 1) = x

Three parts put together again in their order. post_grad.py has it for any number of parts (split_with_sizes and cat),
split_cat.py for graphs at the level of torch."""
import torch

order = 6
rule = "split_cat"
inputs = dict(x="f32[4, 9]")
examples = [
    dict(x="f32[4, 9]", matches=1),
    dict(x="i64[1, 7]", matches=1),
    dict(x="c64[4, 9]", matches=0, because="unsupported_type"),
]


def pattern(x):
    third = (x.size(1) + 2) // 3
    a, b, c = torch.split(x, [third, third, x.size(1) - 2 * third], dim=1)
    return torch.cat((a, b, c), dim=1)


def replacement(x):
    return x
