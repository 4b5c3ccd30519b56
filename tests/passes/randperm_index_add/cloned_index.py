# test: a cloned and cast index keeps its entries apart
# expect: 1 match
def before(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    c: "i64[4]" = torch.ops.aten.clone.default(i)
    k: "i32[4]" = torch.ops.prims.convert_element_type.default(c, torch.int32)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [k], y, True)
    return r


def after(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    c: "i64[4]" = torch.ops.aten.clone.default(i);  i = None
    k: "i32[4]" = torch.ops.prims.convert_element_type.default(c, torch.int32);  c = None
    _unsafe_index_tensor: "f32[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [k])
    add_tensor: "f32[4, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [k], add_tensor);  x = k = add_tensor = None
    return index_put_default
