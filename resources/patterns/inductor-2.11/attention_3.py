# SPDX-License-Identifier: BSD-3-Clause
"""dropout(softmax(q k^T / inv_scale), p) v = scaled_dot_product_attention(q, k, v, dropout_p=p, scale=1 / inv_scale)

With random numbers: what is dropped differs after the rewrite. 0.113377 stands for p, as in fuse_attention.py; the
factor 1 / (1 - p) is not compared in general and must be right with the real p."""
import torch

order = 21
rule = "attention"
inputs = dict(query="f32[2, 4, 8, 16]", key="f32[2, 4, 8, 16]", value="f32[2, 4, 8, 16]")
scalar_workaround = dict(inv_scale=2.5, dropout_p=0.113377)
requires_grad = ["query", "key", "value"]
examples = [
    dict(inv_scale=4.0, dropout_p=0.25, matches=1),
    dict(inv_scale=4.0, dropout_p=0.0, matches=0, because="function_mismatch"),
]


def pattern(query, key, value, inv_scale, dropout_p):
    number = torch.full((), inv_scale, dtype=query.dtype)
    weights = torch.matmul(query, key.transpose(-2, -1)).div(inv_scale).softmax(dim=-1)
    return torch.nn.functional.dropout(weights, p=dropout_p).matmul(value)


def replacement(query, key, value, inv_scale, dropout_p):
    return torch.ops.aten.scaled_dot_product_attention(
        query, key, value, dropout_p=dropout_p, scale=1.0 / inv_scale
    )
