# SPDX-License-Identifier: BSD-3-Clause
"""softmax(q k^T / sqrt(E) where mask, else the lowest float) v, k, v = attention with that mask, k, v

Causal attention of GPT-2, which also hands on the permuted keys and values: they are results too, so any number of
users may read them. The form for inference, without dropout."""
import torch

order = 27
rule = "attention"
inputs = dict(query="f32[2, 4, 8, 16]", key="f32[2, 4, 8, 16]", value="f32[2, 4, 8, 16]", causal_mask="b8[2, 1, 1, 4]")
requires_grad = ["query", "key", "value"]
examples = [
    dict(matches=1),
    dict(causal_mask="b8[4, 4]", matches=1),
    dict(
        query="f32[1, 4, 8, 16]", key="f32[1, 4, 8, 16]", value="f32[1, 4, 8, 16]", causal_mask="b8[4, 4]",
        matches=0, because="function_mismatch",
    ),
]


def pattern(query, key, value, causal_mask):
    query = query.permute([0, 2, 1, 3])
    key = key.permute([0, 2, 1, 3])
    value = value.permute([0, 2, 1, 3])
    scores = torch.matmul(query, key.permute(0, 1, 3, 2))
    root = torch.full([], value.size(-1) ** 0.5, dtype=scores.dtype, device=scores.device)
    lowest = torch.full((), torch.finfo(query.dtype).min, dtype=query.dtype, device=query.device)
    weights = torch.where(causal_mask, scores.div(root), lowest).softmax(dim=-1)
    return torch.nn.functional.dropout(weights, 0.0).matmul(value), key, value


def replacement(query, key, value, causal_mask):
    k = key.transpose(1, 2)
    v = value.transpose(1, 2)
    result = torch.ops.aten.scaled_dot_product_attention(
        query.transpose(1, 2), k, v, attn_mask=causal_mask, scale=value.size(-1) ** -0.5
    )
    return result, k, v
