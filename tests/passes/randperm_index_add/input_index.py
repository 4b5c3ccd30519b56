# test: an index from outside may hold anything
# expect: unchanged, because "nothing is known of the entries of i (placeholder)"
def before(x: "f32[8, 4]", y: "f32[4, 4]", i: "i64[4]"):
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return r
