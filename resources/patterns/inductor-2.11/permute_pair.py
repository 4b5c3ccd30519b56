# SPDX-License-Identifier: BSD-3-Clause
"""permute(permute(x, [0, 2, 1]), [0, 2, 1]) = x

The general pattern takes any two orders of dimensions; with the real ones it must be these. joint_graph.py has it for
every order and its inverse."""
import torch

order = 9
rule = "pointless_permute"
inputs = dict(x="f32[2, 3, 4]")
examples = [
    dict(x="f32[2, 3, 4]", matches=1),
    dict(x="i64[0, 3, 4]", matches=1),
    dict(x="c64[2, 3, 4]", matches=0, because="unsupported_type"),
]


def pattern(x):
    return x.permute(0, 2, 1).permute(0, 2, 1)


def replacement(x):
    return x
