# SPDX-License-Identifier: BSD-3-Clause
"""convert(convert(x, float32), bfloat16) = convert(x, bfloat16)

What mixed precision leaves behind when x was half precision already. joint_graph.py has it for every two of float16,
bfloat16, float32 and float64; one rounding step of a float64 x is lost by it."""
import torch

order = 8
rule = "pointless_convert"
inputs = dict(x="f16[4, 8]")
examples = [
    dict(x="f16[4, 8]", matches=1),
    dict(x="f64[3]", matches=1),
    dict(x="f32[4, 8]", matches=0, because="function_mismatch"),
]


def pattern(x):
    return x.to(torch.float32).to(torch.bfloat16)


def replacement(x):
    return x.to(torch.bfloat16)
