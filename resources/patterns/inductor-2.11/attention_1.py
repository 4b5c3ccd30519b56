# SPDX-License-Identifier: BSD-3-Clause
"""softmax(q k^T / inv_scale) v = scaled_dot_product_attention(q, k, v, scale=1 / inv_scale)

The first of fuse_attention.py. inv_scale must be a number: the full that nobody uses can be traced with nothing else.
On the CPU the result is PyTorch's fused kernel for it, elsewhere the operator stays whole."""
import torch

order = 20
rule = "attention"
inputs = dict(query="f32[2, 4, 8, 16]", key="f32[2, 4, 8, 16]", value="f32[2, 4, 8, 16]")
scalar_workaround = dict(inv_scale=2.5)
requires_grad = ["query", "key", "value"]
examples = [
    dict(inv_scale=4.0, matches=1),
    dict(key="f32[2, 4, 5, 16]", value="f32[2, 4, 5, 16]", inv_scale=8, matches=1),
    dict(
        query="f16[2, 4, 8, 16]", key="f16[2, 4, 8, 16]", value="f16[2, 4, 8, 16]",
        matches=0, because="function_mismatch",
    ),
]


def pattern(query, key, value, inv_scale):
    number = torch.full((), inv_scale, dtype=query.dtype)
    weights = torch.matmul(query, key.transpose(-2, -1)).div(inv_scale).softmax(dim=-1)
    return weights.matmul(value)


def replacement(query, key, value, inv_scale):
    return torch.ops.aten.scaled_dot_product_attention(query, key, value, scale=1.0 / inv_scale)
