# SPDX-License-Identifier: BSD-3-Clause
"""softmax(q k^T + mask) v = scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=1)

Batch and heads folded by view and bmm, as MBart and PLBart write it."""
import torch

order = 28
rule = "attention"
inputs = dict(query="f32[2, 4, 8, 16]", key="f32[2, 4, 8, 16]", value="f32[2, 4, 8, 16]", attn_mask="f32[1, 1, 8, 8]")
requires_grad = ["query", "key", "value"]
examples = [
    dict(matches=1),
    dict(
        query="f32[1, 2, 3, 8]", key="f32[1, 2, 5, 8]", value="f32[1, 2, 5, 8]", attn_mask="f32[1, 1, 3, 5]",
        matches=1,
    ),
    dict(
        query="f16[2, 4, 8, 16]", key="f16[2, 4, 8, 16]", value="f16[2, 4, 8, 16]", attn_mask="f16[1, 1, 8, 8]",
        matches=0, because="function_mismatch",
    ),
]


def pattern(query, key, value, attn_mask):
    batch = query.size(0) * query.size(1)
    q = query.view(batch, -1, query.size(3))
    k = key.reshape(batch, -1, query.size(3))
    v = value.reshape(batch, -1, query.size(3))
    scores = torch.bmm(q, k.transpose(1, 2)).view(query.size(0), query.size(1), query.size(2), -1) + attn_mask
    weights = torch.nn.functional.softmax(scores.view(batch, query.size(2), -1), dim=-1)
    return torch.bmm(weights, v).view(query.size(0), query.size(1), query.size(2), query.size(3))


def replacement(query, key, value, attn_mask):
    mask = attn_mask.to(dtype=query.dtype)
    return torch.ops.aten.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=1)
