# SPDX-License-Identifier: BSD-3-Clause
"""a @ w1, a @ w2 = the parts of a @ [w1 w2]

One product of a with two matrices side by side. freezing_patterns.py asks for constant weights of one shape; here each
part has its own width."""
import torch

order = 4
rule = "concat_linear"
inputs = dict(inp="f32[4, 8]", w1="f32[8, 6]", w2="f32[8, 6]")
exclusive = ["w1", "w2"]
examples = [
    dict(inp="f32[4, 8]", w1="f32[8, 6]", w2="f32[8, 6]", matches=1),
    dict(inp="bf16[2, 16]", w1="bf16[16, 3]", w2="bf16[16, 5]", matches=1),
    dict(inp="f32[1, 8]", w1="f32[8, 1]", w2="f32[8, 1]", matches=0, because="no_anchor"),
]


def pattern(inp, w1, w2):
    return inp @ w1, inp @ w2


def replacement(inp, w1, w2):
    product = inp @ torch.cat((w1, w2), dim=1)
    return torch.split(product, [w1.size(1), w2.size(1)], dim=1)
