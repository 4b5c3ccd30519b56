# SPDX-License-Identifier: BSD-3-Clause
"""mm(a, b) + inp = addmm(inp, a, b)

One call in place of two, where inp is a tensor of the product's dtype that broadcasts to its shape. The two lines that
nobody uses say so: they cannot be traced otherwise, and tracing drops them. As post_grad.py has it; there, on a GPU, an
addition that only elementwise operators read is left alone. An alpha of the addition goes unseen, there as here."""
import torch

order = 1
rule = "addmm"
inputs = dict(inp="f32[4, 8]", a="f32[4, 3]", b="f32[3, 8]")
examples = [
    dict(inp="f32[4, 8]", a="f32[4, 3]", b="f32[3, 8]", matches=1),
    dict(inp="f32[8]", a="f32[4, 3]", b="f32[3, 8]", matches=1),
    dict(inp="f32[4, 1]", a="f32[4, 3]", b="f32[3, 8]", matches=1),
    dict(inp="i64[4, 8]", a="i64[4, 3]", b="i64[3, 8]", matches=1),
    dict(inp="c64[4, 8]", a="c64[4, 3]", b="c64[3, 8]", matches=0, because="unsupported_type"),
]


def pattern(inp, a, b):
    wide = torch.ops.aten.expand(inp, [a.size(0), b.size(1)])
    same = torch.baddbmm(wide, a.unsqueeze(0), b.unsqueeze(0))
    return torch.mm(a, b) + inp


def replacement(inp, a, b):
    return torch.addmm(inp, a, b)
