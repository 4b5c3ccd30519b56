# test: a whole permutation needs no slice
# expect: 1 match
def before(x: "f32[8, 4]", y: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [p], y, True)
    return r


def after(x: "f32[8, 4]", y: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    _unsafe_index_tensor: "f32[8, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [p])
    add_tensor: "f32[8, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [p], add_tensor);  x = p = add_tensor = None
    return index_put_default
