# test: an index from outside may hold anything
# expect: unchanged, because "nothing is known of the entries of i (placeholder)"
def before(x: "f32[8, 4]", i: "i64[4]"):
    r: "f32[4, 4]" = torch.ops.aten.index.Tensor(x, [i])
    return r
