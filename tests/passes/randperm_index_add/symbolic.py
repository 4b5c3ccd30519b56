# test: symbolic sizes: n is the very size of x
# expect: 1 match
# sizes: s57=6, s75=3, s96=4
def before(x: "f32[s57, s96]", y: "f32[s75, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    p: "i64[s57]" = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False)
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    i: "i64[s75]" = torch.ops.aten.slice.Tensor(p, 0, 0, k)
    r: "f32[s57, s96]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return r


def after(x: "f32[s57, s96]", y: "f32[s75, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    p: "i64[s57]" = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False);  n = None
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    i: "i64[s75]" = torch.ops.aten.slice.Tensor(p, 0, 0, k);  p = k = None
    _unsafe_index_tensor: "f32[s75, s96]" = torch.ops.aten._unsafe_index.Tensor(x, [i])
    add_tensor: "f32[s75, s96]" = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default: "f32[s57, s96]" = torch.ops.aten.index_put.default(x, [i], add_tensor);  x = i = add_tensor = None
    return index_put_default
