# test: both indices in bounds of their dimension
# expect: 1 match
def before(x: "f32[8, 9]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    q: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    r: "f32[8]" = torch.ops.aten.index.Tensor(x, [p, q])
    return r


def after(x: "f32[8, 9]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    q: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    r: "f32[8]" = torch.ops.aten._unsafe_index.Tensor(x, [p, q]);  x = p = q = None
    return r
