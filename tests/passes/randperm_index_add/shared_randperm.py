# test: two halves of one permutation, two additions
# expect: 2 matches
def before(x: "f32[8, 4]", y: "f32[4, 4]", z: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    j: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 4, 8)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    q: "f32[8, 4]" = torch.ops.aten.index_put.default(r, [j], z, True)
    return q


def after(x: "f32[8, 4]", y: "f32[4, 4]", z: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    j: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 4, 8);  p = None
    _unsafe_index_tensor: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [i])
    add_tensor: "f32[4, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], add_tensor);  x = i = add_tensor = None
    _unsafe_index_tensor_1: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(index_put_default, [j])
    add_tensor_1: "f32[4, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor_1, z);  _unsafe_index_tensor_1 = z = None
    index_put_default_1: "f32[8, 4]" = torch.ops.aten.index_put.default(index_put_default, [j], add_tensor_1);  index_put_default = j = add_tensor_1 = None
    return index_put_default_1
