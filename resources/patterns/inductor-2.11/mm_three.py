# SPDX-License-Identifier: BSD-3-Clause
"""a @ w1, a @ w2, a @ w3 = the parts of a @ [w1 w2 w3]

One product of a with three matrices side by side. freezing_patterns.py asks for constant weights of one shape, so that
their concatenation is made once; here each part has its own width."""
import torch

order = 3
rule = "concat_linear"
inputs = dict(inp="f32[4, 8]", w1="f32[8, 6]", w2="f32[8, 6]", w3="f32[8, 6]")
exclusive = ["w1", "w2", "w3"]
examples = [
    dict(inp="f32[4, 8]", w1="f32[8, 6]", w2="f32[8, 6]", w3="f32[8, 6]", matches=1),
    dict(inp="f32[2, 16]", w1="f32[16, 3]", w2="f32[16, 4]", w3="f32[16, 5]", matches=1),
    dict(inp="c64[4, 8]", w1="c64[8, 6]", w2="c64[8, 6]", w3="c64[8, 6]", matches=0, because="unsupported_type"),
    dict(inp="f32[1, 8]", w1="f32[8, 1]", w2="f32[8, 1]", w3="f32[8, 1]", matches=0, because="no_anchor"),
]


def pattern(inp, w1, w2, w3):
    return inp @ w1, inp @ w2, inp @ w3


def replacement(inp, w1, w2, w3):
    product = inp @ torch.cat((w1, w2, w3), dim=1)
    return torch.split(product, [w1.size(1), w2.size(1), w3.size(1)], dim=1)
