# test: a remainder that folds rows onto each other
# expect: unchanged, because "two entries of k may address the same row, because of k (aten.remainder.Scalar)"
def before(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    k: "i64[4]" = torch.ops.aten.remainder.Scalar(i, 5)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [k], y, True)
    return r
