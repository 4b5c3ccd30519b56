# SPDX-License-Identifier: BSD-3-Clause
"""softmax(q k^T / sqrt(E)) v = scaled_dot_product_attention(q, k, v)    float16, softmax in float32

Queries, keys and values come as [batch, length, heads, E]: the permutations make matmul copy what it folds, and these
copies are part of the pattern."""
import torch

order = 23
rule = "attention"
inputs = dict(query="f16[2, 4, 8, 16]", key="f16[2, 4, 8, 16]", value="f16[2, 4, 8, 16]")
requires_grad = ["query", "key", "value"]
examples = [
    dict(matches=1),
    dict(
        query="f16[1, 4, 8, 16]", key="f16[1, 4, 8, 16]", value="f16[1, 4, 8, 16]",
        matches=0, because="function_mismatch",
    ),
]


def pattern(query, key, value):
    q = query.permute(0, 2, 1, 3)
    k = key.permute(0, 2, 1, 3)
    v = value.permute(0, 2, 1, 3)
    scores = (q @ k.transpose(-2, -1) / q.size(-1) ** 0.5).to(torch.float32)
    return torch.softmax(scores, dim=-1).to(torch.float16) @ v


def replacement(query, key, value):
    q = query.permute(0, 2, 1, 3)
    k = key.permute(0, 2, 1, 3)
    v = value.permute(0, 2, 1, 3)
    return torch.ops.aten.scaled_dot_product_attention(q, k, v)
