# SPDX-License-Identifier: BSD-3-Clause
"""softmax(q k^T / inv_scale) v = scaled_dot_product_attention(q, k, v, scale=1 / inv_scale)

As attention_1 for [batch, length, heads, E], with the copies that the permutations cause."""
import torch

order = 24
rule = "attention"
inputs = dict(query="f32[2, 4, 8, 16]", key="f32[2, 4, 8, 16]", value="f32[2, 4, 8, 16]")
scalar_workaround = dict(inv_scale=2.5)
requires_grad = ["query", "key", "value"]
examples = [
    dict(inv_scale=4.0, matches=1),
    dict(query="f32[2, 1, 8, 16]", inv_scale=4.0, matches=0, because="function_mismatch"),
]


def pattern(query, key, value, inv_scale):
    number = torch.full((), inv_scale, dtype=query.dtype)
    q = query.permute(0, 2, 1, 3)
    k = key.permute(0, 2, 1, 3)
    v = value.permute(0, 2, 1, 3)
    return torch.matmul(q, k.transpose(-2, -1)).div(inv_scale).softmax(dim=-1).matmul(v)


def replacement(query, key, value, inv_scale):
    return torch.ops.aten.scaled_dot_product_attention(
        query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), scale=1.0 / inv_scale
    )
