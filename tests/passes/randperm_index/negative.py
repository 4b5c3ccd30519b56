# test: all eight rows, counted from the end
# expect: 1 match
def before(x: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.sub.Tensor(p, 8)
    r: "f32[8, 4]" = torch.ops.aten.index.Tensor(x, [m])
    return r


def after(x: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.sub.Tensor(p, 8);  p = None
    r: "f32[8, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [m]);  x = m = None
    return r
