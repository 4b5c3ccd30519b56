# SPDX-License-Identifier: BSD-3-Clause
"""split(cat(a, b), [width of a, width of b]) = a, b

Parts taken out where they were put in. post_grad.py has it for any number of parts."""
import torch

order = 7
rule = "split_cat"
inputs = dict(a="f32[4, 3]", b="f32[4, 5]")
examples = [
    dict(a="f32[4, 3]", b="f32[4, 5]", matches=1),
    dict(a="bf16[2, 7]", b="bf16[2, 7]", matches=1),
    dict(a="f32[0, 3]", b="f32[0, 5]", matches=1),
    dict(a="f32[4, 3]", b="f64[4, 5]", matches=1),
    dict(a="c64[4, 3]", b="c64[4, 5]", matches=0, because="unsupported_type"),
]


def pattern(a, b):
    both = torch.cat((a, b), dim=1)
    return torch.split(both, [a.size(1), b.size(1)], dim=1)


def replacement(a, b):
    both = torch.cat((a, b), dim=1)
    return a.to(both.dtype), b.to(both.dtype)
