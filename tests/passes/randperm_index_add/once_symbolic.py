# test: sizes may be symbols
# expect: 1 match
# sizes: s57=6, s75=3, s96=4
# patterns: fxscope
def before(x: "f32[s57, s96]", y: "f32[s75, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    p: "i64[s57]" = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False)
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    i: "i64[s75]" = torch.ops.aten.slice.Tensor(p, 0, 0, k)
    r: "f32[s57, s96]" = torch.ops.aten.index_add.default(x, 0, i, y)
    return r


def after(x: "f32[s57, s96]", y: "f32[s75, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    p: "i64[s57]" = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False);  n = None
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    i: "i64[s75]" = torch.ops.aten.slice.Tensor(p, 0, 0, k);  p = k = None
    sym_size_int: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    full_default: "i64[s57]" = torch.ops.aten.full.default([sym_size_int], -1, dtype = torch.int64, device = device(type='cpu'), pin_memory = False);  sym_size_int = None
    sym_size_int_1: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    iota_default: "i64[s75]" = torch.ops.prims.iota.default(sym_size_int_1, start = 0, step = 1, dtype = torch.int64, device = device(type='cpu'), requires_grad = False);  sym_size_int_1 = None
    _unsafe_index_put_default: "i64[s57]" = torch.ops.aten._unsafe_index_put.default(full_default, [i], iota_default);  full_default = i = iota_default = None
    ge_scalar: "b8[s57]" = torch.ops.aten.ge.Scalar(_unsafe_index_put_default, 0)
    clamp_min_default: "i64[s57]" = torch.ops.aten.clamp_min.default(_unsafe_index_put_default, 0);  _unsafe_index_put_default = None
    _unsafe_index_tensor: "f32[s57, s96]" = torch.ops.aten._unsafe_index.Tensor(y, [clamp_min_default]);  y = clamp_min_default = None
    add_tensor: "f32[s57, s96]" = torch.ops.aten.add.Tensor(x, _unsafe_index_tensor);  _unsafe_index_tensor = None
    view_default: "b8[s57, 1]" = torch.ops.aten.view.default(ge_scalar, [-1, 1]);  ge_scalar = None
    where_self: "f32[s57, s96]" = torch.ops.aten.where.self(view_default, add_tensor, x);  view_default = add_tensor = x = None
    return where_self
