# SPDX-License-Identifier: BSD-3-Clause
"""Programs beside the examples of the pattern files: PATTERN__CASE, traced and matched by scripts/record_patterns.py.

The docstring is the reason why nothing matches, or empty."""
import torch


def addmm_mm_first__broadcast(inp: "f32[3, 4, 8]", a: "f32[4, 3]", b: "f32[3, 8]"):
    """retrace_failed"""
    return torch.mm(a, b) + inp


def addmm_mm_first__dtype(inp: "f64[4, 8]", a: "f32[4, 3]", b: "f32[3, 8]"):
    """retrace_failed"""
    return torch.mm(a, b) + inp


def addmm_mm_first__product_used_twice(inp: "f32[4, 8]", a: "f32[4, 3]", b: "f32[3, 8]"):
    """multiple_users"""
    product = torch.mm(a, b)
    return product + inp, torch.relu(product)


def addmm_mm_first__number(a: "f32[4, 3]", b: "f32[3, 8]"):
    """retrace_failed"""
    return torch.mm(a, b) + 1


def addmm_mm_first__chain(inp: "f32[4, 4]", a: "f32[4, 4]", b: "f32[4, 4]"):
    return torch.mm(torch.mm(a, b) + inp, b) + inp


def addmm_mm_last__alpha(inp: "f32[4, 8]", a: "f32[4, 3]", b: "f32[3, 8]"):
    return torch.add(inp, torch.mm(a, b), alpha=2)


def mm_two__same_weight(inp: "f32[4, 8]", w: "f32[8, 6]"):
    """exclusive_arg_twice"""
    return inp @ w, inp @ w


def mm_two__different_inputs(inp: "f32[4, 8]", other: "f32[4, 8]", w1: "f32[8, 6]", w2: "f32[8, 6]"):
    """exclusive_arg_twice"""
    return inp @ w1, other @ w2


def mm_three__four(inp: "f32[4, 8]", w1: "f32[8, 6]", w2: "f32[8, 6]", w3: "f32[8, 6]", w4: "f32[8, 6]"):
    return torch.relu(inp @ w1), torch.sin(inp @ w2), torch.cos(inp @ w3), torch.exp(inp @ w4)


def split_cat__other_order(x: "f32[4, 9]"):
    """constant_args"""
    a, b, c = torch.split(x, [3, 3, 3], dim=1)
    return torch.cat((b, a, c), dim=1)


def split_cat__other_dim(x: "f32[9, 9]"):
    """arity_mismatch"""
    a, b, c = torch.split(x, [3, 3, 3], dim=0)
    return torch.cat((a, b, c), dim=1)


def cat_split__other_sizes(a: "f32[4, 3]", b: "f32[4, 5]"):
    """constant_args"""
    return torch.split(torch.cat((a, b), dim=1), [4, 4], dim=1)


def convert_pair__back(x: "f16[4, 8]"):
    """constant_args"""
    return x.to(torch.float32).to(torch.float16)


def permute_pair__other_order(x: "f32[2, 3, 4]"):
    """constant_args"""
    return x.permute(1, 0, 2).permute(1, 0, 2)


def view_pair__other_sizes(x: "f32[2, 3]"):
    """constant_args"""
    return x.view(-1).view(3, 2)


def amax_reuse__other_tensor(x: "f32[64, 64]", y: "f32[64, 64]"):
    """arity_mismatch"""
    return torch.ops.aten.amax(x, [1]), torch.ops.aten.amax(y)


def amax_reuse__late(x: "f32[64, 64]"):
    total = torch.ops.aten.amax(x)
    rows = torch.ops.aten.amax(torch.relu(x), [1]) + total
    return torch.ops.aten.amax(x, [1]), rows


def attention_1__tensor_scale(q: "f32[2, 4, 8, 16]", k: "f32[2, 4, 8, 16]", v: "f32[2, 4, 8, 16]", scale: "f32[]"):
    """retrace_failed"""
    return torch.matmul(torch.matmul(q, k.transpose(-2, -1)).div(scale).softmax(dim=-1), v)


def attention_1__weights_used(q: "f32[2, 4, 8, 16]", k: "f32[2, 4, 8, 16]", v: "f32[2, 4, 8, 16]"):
    """multiple_users"""
    weights = torch.matmul(q, k.transpose(-2, -1)).div(4.0).softmax(dim=-1)
    return torch.matmul(weights, v), weights


def attention_1__first_axis(q: "f32[2, 4, 8, 16]", k: "f32[2, 4, 8, 16]", v: "f32[2, 4, 8, 16]"):
    """constant_args"""
    return torch.matmul(torch.matmul(q, k.transpose(-2, -1)).div(4.0).softmax(dim=-2), v)


def attention_1__last_axis_counted(q: "f32[2, 4, 8, 16]", k: "f32[2, 4, 8, 16]", v: "f32[2, 4, 8, 16]"):
    """constant_args"""
    return torch.matmul(torch.matmul(q, k.transpose(-2, -1)).div(4.0).softmax(dim=3), v)


def attention_1__two_layers(x: "f32[2, 4, 8, 16]", k: "f32[2, 4, 8, 16]", v: "f32[2, 4, 8, 16]"):
    h = torch.matmul(torch.matmul(x, k.transpose(-2, -1)).div(4.0).softmax(dim=-1), v)
    return torch.matmul(torch.matmul(h, k.transpose(-2, -1)).div(4.0).softmax(dim=-1), v)


def attention_3__other_factor(q: "f32[2, 4, 8, 16]", k: "f32[2, 4, 8, 16]", v: "f32[2, 4, 8, 16]"):
    """constant_args"""
    weights = torch.matmul(q, k.transpose(-2, -1)).div(4.0).softmax(dim=-1)
    mask = torch.rand(2, 4, 8, 8, dtype=torch.float32, device="cpu") > 0.25
    return torch.matmul(mask * weights * 2.0, v)


def attention_5__scale_of_heads(q: "f32[2, 4, 8, 16]", k: "f32[2, 4, 8, 16]", v: "f32[2, 4, 8, 16]", m: "f32[8, 8]"):
    """constant_args"""
    return torch.softmax(q @ k.transpose(-2, -1) / 2.0 + m, dim=-1) @ v


def attention_18__keys_used(q: "f32[2, 4, 8, 16]", k: "f32[2, 4, 8, 16]", v: "f32[2, 4, 8, 16]", m: "b8[4, 4]"):
    q = q.permute([0, 2, 1, 3])
    k = k.permute([0, 2, 1, 3])
    v = v.permute([0, 2, 1, 3])
    s = torch.matmul(q, k.permute(0, 1, 3, 2))
    root = torch.full([], 4.0, dtype=torch.float32, device="cpu")
    lowest = torch.full((), torch.finfo(torch.float32).min, dtype=torch.float32, device="cpu")
    return torch.where(m, s.div(root), lowest).softmax(dim=-1).matmul(v), torch.relu(k), k, torch.sin(v)
