# test: index_select of an x that is not row-major
# expect: unchanged, because "x is not row-major: index_select and _unsafe_index would lay out the result differently"
def before(x: "f32[8, 4][1, 8]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[4, 4]" = torch.ops.aten.index_select.default(x, 0, i)
    return r
