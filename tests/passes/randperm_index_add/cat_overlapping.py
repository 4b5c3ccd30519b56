# test: two parts that share a position
# expect: unchanged, because "two entries of c may address the same row, because of c (aten.cat.default)"
def before(x: "f32[8, 4]", y: "f32[6, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    a: "i64[3]" = torch.ops.aten.slice.Tensor(p, 0, 2, 5)
    b: "i64[3]" = torch.ops.aten.slice.Tensor(p, 0, 0, 3)
    c: "i64[6]" = torch.ops.aten.cat.default([a, b])
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [c], y, True)
    return r
