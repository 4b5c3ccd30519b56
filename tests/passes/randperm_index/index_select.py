# test: index_select of rows
# expect: 1 match
def before(x: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[4, 4]" = torch.ops.aten.index_select.default(x, 0, i)
    return r


def after(x: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    r: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [i]);  x = i = None
    return r
