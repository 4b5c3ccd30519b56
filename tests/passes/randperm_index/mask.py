# test: a boolean mask is no index
# expect: unchanged, because "nothing is known of the entries of m (placeholder)"
def before(x: "f32[8, 4]", m: "b8[8]"):
    r: "f32[u0, 4]" = torch.ops.aten.index.Tensor(x, [m])
    return r
