# test: twice as many as x has
# expect: unchanged, because "the entries of p lie in 0 to 2*s57 - 1, dimension 0 of x has only s57"
# run: not, the index leaves x
def before(x: "f32[s57, s96]"):
    n: "Sym(s57)" = torch.ops.aten.sym_size.int(x, 0)
    m: "Sym(2*s57)" = n * 2
    p: "i64[2*s57]" = torch.ops.aten.randperm.default(m, device = device(type='cpu'), pin_memory = False)
    r: "f32[2*s57, s96]" = torch.ops.aten.index.Tensor(x, [p])
    return r
