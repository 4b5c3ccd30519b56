# SPDX-License-Identifier: BSD-3-Clause
"""b1 + a @ w1, b2 + a @ w2, b3 + a @ w3 = the parts of [b1 b2 b3] + a @ [w1 w2 w3]

Three linear layers over one input as one. freezing_patterns.py asks for constant weights and biases of one shape; here
a bias is a row as wide as its matrix, which the concatenation in the pattern stands for."""
import torch

order = 5
rule = "concat_linear"
inputs = dict(inp="f32[4, 8]", w1="f32[8, 6]", w2="f32[8, 6]", w3="f32[8, 6]", b1="f32[6]", b2="f32[6]", b3="f32[6]")
exclusive = ["w1", "w2", "w3", "b1", "b2", "b3"]
examples = [
    dict(inp="f32[4, 8]", matches=1),
    dict(w1="f32[8, 3]", w2="f32[8, 4]", w3="f32[8, 5]", b1="f32[3]", b2="f32[4]", b3="f32[5]", matches=1),
    dict(
        inp="c64[4, 8]", w1="c64[8, 6]", w2="c64[8, 6]", w3="c64[8, 6]", b1="c64[6]", b2="c64[6]", b3="c64[6]",
        matches=0, because="unsupported_type",
    ),
]


def pattern(inp, w1, w2, w3, b1, b2, b3):
    rows = torch.cat((b1.expand(w1.size(1)), b2.expand(w2.size(1)), b3.expand(w3.size(1))))
    return torch.addmm(b1, inp, w1), torch.addmm(b2, inp, w2), torch.addmm(b3, inp, w3)


def replacement(inp, w1, w2, w3, b1, b2, b3):
    weights = torch.cat((w1, w2, w3), dim=1)
    biases = torch.cat((b1.expand(w1.size(1)), b2.expand(w2.size(1)), b3.expand(w3.size(1))))
    product = torch.addmm(biases, inp, weights)
    return torch.split(product, [w1.size(1), w2.size(1), w3.size(1)], dim=1)
