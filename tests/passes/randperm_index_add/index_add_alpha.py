# test: alpha becomes a product: exact for integers
# expect: 1 match
def before(x: "i64[8, 4]", y: "i64[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "i64[8, 4]" = torch.ops.aten.index_add.default(x, 0, i, y, alpha = 3)
    return r


def after(x: "i64[8, 4]", y: "i64[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    _unsafe_index_tensor: "i64[4, 4]" = torch.ops.aten._unsafe_index.Tensor(x, [i])
    mul_tensor: "i64[4, 4]" = torch.ops.aten.mul.Tensor(y, 3);  y = None
    add_tensor: "i64[4, 4]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, mul_tensor);  _unsafe_index_tensor = mul_tensor = None
    index_put_default: "i64[8, 4]" = torch.ops.aten.index_put.default(x, [i], add_tensor);  x = i = add_tensor = None
    return index_put_default
