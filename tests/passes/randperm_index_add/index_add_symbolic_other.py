# test: a source whose columns have another symbol
# expect: unchanged, because "dimension 1 of y is s20 where index_add wants s96; the rewritten form would broadcast it"
# run: not, the sizes may not agree
def before(x: "f32[s57, s96]", y: "f32[s75, s20]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    p: "i64[s57]" = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False)
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    i: "i64[s75]" = torch.ops.aten.slice.Tensor(p, 0, 0, k)
    r: "f32[s57, s96]" = torch.ops.aten.index_add.default(x, 0, i, y)
    return r
