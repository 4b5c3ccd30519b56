# test: a whole permutation
# expect: 1 match
def before(x: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    r: "f32[8, 4]" = torch.ops.aten.index.Tensor(x, [p])
    return r


def after(x: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    r: "f32[8, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [p]);  x = p = None
    return r
