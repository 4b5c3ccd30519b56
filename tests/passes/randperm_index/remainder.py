# test: a remainder stays below its divisor
# expect: 1 match
def before(x: "f32[5, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.remainder.Scalar(p, 5)
    r: "f32[8, 4]" = torch.ops.aten.index.Tensor(x, [m])
    return r


def after(x: "f32[5, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.remainder.Scalar(p, 5);  p = None
    r: "f32[8, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [m]);  x = m = None
    return r
