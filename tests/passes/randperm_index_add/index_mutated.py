# test: the permutation is written over before it is used
# expect: unchanged, because "w may change the entries of i before r reads them"
def before(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    w: "i64[8]" = torch.ops.aten.zero_.default(p)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return (r, w)
