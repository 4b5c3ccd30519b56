# test: a remainder that folds nothing
# expect: 1 match
def before(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    k: "i64[4]" = torch.ops.aten.remainder.Scalar(i, 8)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [k], y, True)
    return r


def after(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    k: "i64[4]" = torch.ops.aten.remainder.Scalar(i, 8);  i = None
    _unsafe_index_tensor: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [k])
    add_tensor: "f32[4, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [k], add_tensor);  x = k = add_tensor = None
    return index_put_default
