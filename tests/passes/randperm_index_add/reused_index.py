# test: the index is returned and used by a gather too
# expect: 1 match
def before(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    g: "f32[4, 4]" = torch.ops.aten.index.Tensor(x, [i])
    s: "f32[4, 4]" = torch.ops.aten.mul.Tensor(g, y)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], s, True)
    return (r, i)


def after(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    g: "f32[4, 4]" = torch.ops.aten.index.Tensor(x, [i])
    s: "f32[4, 4]" = torch.ops.aten.mul.Tensor(g, y);  g = y = None
    _unsafe_index_tensor: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [i])
    add_tensor: "f32[4, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, s);  _unsafe_index_tensor = s = None
    index_put_default: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], add_tensor);  x = add_tensor = None
    return (index_put_default, i)
