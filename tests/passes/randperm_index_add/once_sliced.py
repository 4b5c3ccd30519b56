# test: index_put in one pass over memory
# expect: 1 match
# patterns: fxscope
def before(x: "f32[8, 4][4, 1]cpu", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return r


def after(x: "f32[8, 4]", y: "f32[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    full_default: "i32[8]" = torch.ops.aten.full.default([8], -1, dtype = torch.int32, device = device(type='cpu'), pin_memory = False)
    iota_default: "i32[4]" = torch.ops.prims.iota.default(4, start = 0, step = 1, dtype = torch.int32, device = device(type='cpu'), requires_grad = False)
    _unsafe_index_put_default: "i32[8]" = torch.ops.aten._unsafe_index_put.default(full_default, [i], iota_default);  full_default = i = iota_default = None
    ge_scalar: "b8[8]" = torch.ops.aten.ge.Scalar(_unsafe_index_put_default, 0)
    clamp_min_default: "i32[8]" = torch.ops.aten.clamp_min.default(_unsafe_index_put_default, 0);  _unsafe_index_put_default = None
    _unsafe_index_tensor: "f32[8, 4]" = torch.ops.aten._unsafe_index.Tensor(y, [clamp_min_default]);  y = clamp_min_default = None
    add_tensor: "f32[8, 4]" = torch.ops.aten.add.Tensor(x, _unsafe_index_tensor);  _unsafe_index_tensor = None
    view_default: "b8[8, 1]" = torch.ops.aten.view.default(ge_scalar, [-1, 1]);  ge_scalar = None
    where_self: "f32[8, 4]" = torch.ops.aten.where.self(view_default, add_tensor, x);  view_default = add_tensor = x = None
    return where_self
