# SPDX-License-Identifier: BSD-3-Clause
"""softmax(q k^T / inv_scale where mask, else -inf) v = scaled_dot_product_attention(q, k, v, attn_mask=mask == 1)

One mask row per batch entry, 0 for keys that must not be seen. As fuse_attention.py writes it for DistilBert: other
values than 0 and 1 in the mask are told apart by one side only."""
import torch

order = 26
rule = "attention"
inputs = dict(query="f32[2, 4, 8, 16]", key="f32[2, 4, 8, 16]", value="f32[2, 4, 8, 16]", attn_mask="f32[2, 4]")
scalar_workaround = dict(inv_scale=2.5)
requires_grad = ["query", "key", "value"]
examples = [
    dict(inv_scale=4.0, matches=1),
    dict(attn_mask="i64[2, 4]", inv_scale=4.0, matches=1),
    dict(attn_mask="c64[2, 4]", inv_scale=4.0, matches=1),
    dict(
        query="bf16[2, 4, 8, 16]", key="bf16[2, 4, 8, 16]", value="bf16[2, 4, 8, 16]",
        inv_scale=4.0, matches=0, because="function_mismatch",
    ),
]


def pattern(query, key, value, attn_mask, inv_scale):
    number = torch.full((), inv_scale, dtype=query.dtype)
    q = query.permute(0, 2, 1, 3)
    k = key.permute(0, 2, 1, 3)
    v = value.permute(0, 2, 1, 3)
    scores = (q @ k.transpose(-2, -1)).div(inv_scale)
    lowest = torch.full((), -torch.inf, dtype=query.dtype, device=query.device)
    hidden = (attn_mask == 0).view((q.size(0), 1, 1, k.size(-2))).expand_as(scores)
    return torch.softmax(scores.masked_fill(hidden, lowest), dim=-1) @ v


def replacement(query, key, value, attn_mask, inv_scale):
    seen = (attn_mask == 1).view((query.size(0), 1, 1, key.size(1)))
    seen = seen.expand((query.size(0), query.size(2), query.size(1), key.size(1)))
    return torch.ops.aten.scaled_dot_product_attention(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        attn_mask=seen.to(dtype=torch.bool),
        scale=1.0 / inv_scale,
    )
