# test: two disjoint parts of one permutation
# expect: 1 match
def before(x: "f32[8, 4]", y: "f32[6, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    a: "i64[3]" = torch.ops.aten.slice.Tensor(p, 0, 5, 8)
    b: "i64[3]" = torch.ops.aten.slice.Tensor(p, 0, 0, 3)
    c: "i64[6]" = torch.ops.aten.cat.default([a, b])
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [c], y, True)
    return r


def after(x: "f32[8, 4]", y: "f32[6, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    a: "i64[3]" = torch.ops.aten.slice.Tensor(p, 0, 5, 8)
    b: "i64[3]" = torch.ops.aten.slice.Tensor(p, 0, 0, 3);  p = None
    c: "i64[6]" = torch.ops.aten.cat.default([a, b]);  a = b = None
    _unsafe_index_tensor: "f32[6, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [c])
    add_tensor: "f32[6, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [c], add_tensor);  x = c = add_tensor = None
    return index_put_default
