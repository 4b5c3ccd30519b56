# SPDX-License-Identifier: BSD-3-Clause
"""bmm(softmax(bmm(q, k^T)), v) = scaled_dot_product_attention(q, k, v, scale=1)

Three dimensions: the batch takes the place of the heads. The form for inference, without dropout."""
import torch

order = 25
rule = "attention"
inputs = dict(query="f32[64, 32, 16]", key="f32[64, 32, 16]", value="f32[64, 32, 16]")
requires_grad = ["query", "key", "value"]
examples = [
    dict(matches=1),
    dict(query="f32[3, 1, 8]", key="f32[3, 5, 8]", value="f32[3, 5, 8]", matches=1),
    dict(query="f32[3, 1, 8]", key="f32[3, 1, 8]", value="f32[3, 1, 8]", matches=0, because="function_mismatch"),
    dict(query="f16[3, 4, 8]", key="f16[3, 4, 8]", value="f16[3, 4, 8]", matches=0, because="function_mismatch"),
]


def pattern(query, key, value):
    weights = torch.bmm(query, key.transpose(1, 2)).softmax(dim=-1)
    return torch.bmm(torch.nn.functional.dropout(weights, p=0.0), value)


def replacement(query, key, value):
    heads = torch.ops.aten.scaled_dot_product_attention(
        query.unsqueeze(0), key.unsqueeze(0), value.unsqueeze(0), scale=1.0
    )
    return heads.squeeze(0)
