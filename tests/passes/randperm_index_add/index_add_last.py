# test: index_add along the last dimension
# expect: 1 match
def before(x: "f32[3, 8]", y: "f32[3, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[3, 8]" = torch.ops.aten.index_add.default(x, -1, i, y)
    return r


def after(x: "f32[3, 8]", y: "f32[3, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    _unsafe_index_tensor: "f32[3, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [None, i])
    add_tensor: "f32[3, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[3, 8]" = torch.ops.aten.index_put.default(x, [None, i], add_tensor);  x = i = add_tensor = None
    return index_put_default
