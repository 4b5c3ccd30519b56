# test: two permutations repeat every row
# expect: unchanged, because "two entries of c may address the same row, because of c (aten.cat.default)"
def before(x: "f32[8, 4]", y: "f32[16, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    q: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    c: "i64[16]" = torch.ops.aten.cat.default([p, q])
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [c], y, True)
    return r
