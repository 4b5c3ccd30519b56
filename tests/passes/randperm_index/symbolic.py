# test: symbolic sizes: n is the very size of x
# expect: 1 match
# sizes: s57=6, s96=4
def before(x: "f32[s57, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    p: "i64[s57]" = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False)
    i: "i64[Min(3, s57)]" = torch.ops.aten.slice.Tensor(p, 0, 0, 3)
    r: "f32[Min(3, s57), s96]" = torch.ops.aten.index.Tensor(x, [i])
    return r


def after(x: "f32[s57, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    p: "i64[s57]" = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False);  n = None
    i: "i64[Min(3, s57)]" = torch.ops.aten.slice.Tensor(p, 0, 0, 3);  p = None
    r: "f32[Min(3, s57), s96]" = torch.ops.aten._unsafe_index.Tensor(x, [i]);  x = i = None
    return r
