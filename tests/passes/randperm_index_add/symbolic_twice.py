# test: a permutation of 2n rows of a tensor with n: the gather keeps its check
# expect: 1 match
# run: not, some seeds leave x
def before(x: "f32[s57, s96]", y: "f32[s75, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    m: "Sym(2*s57)" = n * 2
    p: "i64[2*s57]" = torch.ops.aten.randperm.default(m, device = device(type='cpu'), pin_memory = False)
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    i: "i64[s75]" = torch.ops.aten.slice.Tensor(p, 0, 0, k)
    r: "f32[s57, s96]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return r


def after(x: "f32[s57, s96]", y: "f32[s75, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    m: "Sym(2*s57)" = n * 2;  n = None
    p: "i64[2*s57]" = torch.ops.aten.randperm.default(m, device = device(type='cpu'), pin_memory = False);  m = None
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    i: "i64[s75]" = torch.ops.aten.slice.Tensor(p, 0, 0, k);  p = k = None
    index_tensor: "f32[s75, s96]" = torch.ops.aten.index.Tensor(x, [i])
    add_tensor: "f32[s75, s96]" = torch.ops.aten.add.Tensor(index_tensor, y);  index_tensor = y = None
    index_put_default: "f32[s57, s96]" = torch.ops.aten.index_put.default(x, [i], add_tensor);  x = i = add_tensor = None
    return index_put_default
