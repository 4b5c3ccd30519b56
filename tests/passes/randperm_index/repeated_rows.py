# test: entries may repeat: only bounds count
# expect: 1 match
def before(x: "f32[8, 4]"):
    i: "i64[4]" = torch.ops.aten.randint.low(0, 8, [4], device = device(type='cpu'), pin_memory = False)
    r: "f32[4, 4]" = torch.ops.aten.index.Tensor(x, [i])
    return r


def after(x: "f32[8, 4]"):
    i: "i64[4]" = torch.ops.aten.randint.low(0, 8, [4], device = device(type='cpu'), pin_memory = False)
    r: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [i]);  x = i = None
    return r
