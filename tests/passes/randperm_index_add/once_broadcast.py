# test: a source that is broadcast is stored
# expect: 1 match
# patterns: fxscope
# warns: stores rows instead
def before(x: "f32[8, 4][4, 1]cpu", y: "f32[4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return r


def after(x: "f32[8, 4]", y: "f32[4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    _unsafe_index_tensor: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [i])
    add_tensor: "f32[4, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], add_tensor);  x = i = add_tensor = None
    return index_put_default
