# test: every entry counts from the end
# expect: 1 match
def before(x: "f32[8, 4]", y: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.sub.Tensor(p, 8)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [m], y, True)
    return r


def after(x: "f32[8, 4]", y: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.sub.Tensor(p, 8);  p = None
    _unsafe_index_tensor: "f32[8, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [m])
    add_tensor: "f32[8, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [m], add_tensor);  x = m = add_tensor = None
    return index_put_default
