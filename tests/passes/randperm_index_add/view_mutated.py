# test: a view of the permutation is written over
# expect: unchanged, because "w may change the entries of i before r reads them"
def before(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    v: "i64[2]" = torch.ops.aten.slice.Tensor(p, 0, 1, 3)
    w: "i64[2]" = torch.ops.aten.zero_.default(v)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return (r, w)
