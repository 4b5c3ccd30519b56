# test: distinct but not in bounds: the gather keeps its check
# expect: 1 match
# run: not, some seeds leave x
def before(x: "f32[6, 4]", y: "f32[1, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[1]" = torch.ops.aten.slice.Tensor(p, 0, 0, 1)
    r: "f32[6, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return r


def after(x: "f32[6, 4]", y: "f32[1, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[1]" = torch.ops.aten.slice.Tensor(p, 0, 0, 1);  p = None
    index_tensor: "f32[1, 4]" = torch.ops.aten.index.Tensor(x, [i])
    add_tensor: "f32[1, 4]" = torch.ops.aten.add.Tensor(index_tensor, y);  index_tensor = y = None
    index_put_default: "f32[6, 4]" = torch.ops.aten.index_put.default(x, [i], add_tensor);  x = i = add_tensor = None
    return index_put_default
