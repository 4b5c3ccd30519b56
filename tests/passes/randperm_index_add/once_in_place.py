# test: in place, storing the rows moves less
# expect: 1 match
# patterns: fxscope
# warns: stores rows instead of passing over all once: it writes in place
def before(x: "f32[8, 4][4, 1]cpu", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[8, 4]" = torch.ops.aten.index_put_.default(x, [i], y, True)
    z: "f32[8, 4]" = torch.ops.aten.add.Tensor(x, r)
    return z


def after(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    _unsafe_index_tensor: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [i])
    add_tensor: "f32[4, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    r: "f32[8, 4]" = torch.ops.aten.index_put_.default(x, [i], add_tensor);  i = add_tensor = None
    z: "f32[8, 4]" = torch.ops.aten.add.Tensor(x, r);  x = r = None
    return z
