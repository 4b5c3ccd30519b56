# SPDX-License-Identifier: BSD-3-Clause
"""softmax(q k^T / sqrt(E) + mask) v = scaled_dot_product_attention(q, k, v, attn_mask=mask)

E is the last size of q, a number once the shapes are known."""
import torch

order = 22
rule = "attention"
inputs = dict(query="f32[2, 4, 8, 16]", key="f32[2, 4, 8, 16]", value="f32[2, 4, 8, 16]", attn_mask="f32[1, 1, 8, 8]")
requires_grad = ["query", "key", "value"]
examples = [
    dict(matches=1),
    dict(attn_mask="f32[8, 8]", matches=1),
    dict(key="f32[2, 4, 5, 16]", value="f32[2, 4, 5, 16]", attn_mask="f32[2, 1, 1, 5]", matches=1),
    dict(
        query="bf16[2, 4, 8, 16]", key="bf16[2, 4, 8, 16]", value="bf16[2, 4, 8, 16]", attn_mask="bf16[1, 1, 8, 8]",
        matches=0, because="function_mismatch",
    ),
]


def pattern(query, key, value, attn_mask):
    scores = query @ key.transpose(-2, -1) / query.size(-1) ** 0.5
    return torch.softmax(scores + attn_mask, dim=-1) @ value


def replacement(query, key, value, attn_mask):
    mask = attn_mask.to(dtype=query.dtype)
    return torch.ops.aten.scaled_dot_product_attention(query, key, value, attn_mask=mask)
