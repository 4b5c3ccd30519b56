# SPDX-License-Identifier: BSD-3-Clause
"""view(view(x, [-1]), sizes of x) = x

Flattened and given its shape again. joint_graph.py has it for every shape between; with the real sizes this is the flat
one, of a tensor with two dimensions."""
import torch

order = 10
rule = "pointless_view"
inputs = dict(x="f32[2, 3]")
examples = [
    dict(x="f32[2, 3]", matches=1),
    dict(x="i64[7, 0]", matches=1),
    dict(x="c64[2, 3]", matches=0, because="unsupported_type"),
]


def pattern(x):
    return x.view(-1).view(x.shape[0], x.shape[1])


def replacement(x):
    return x
