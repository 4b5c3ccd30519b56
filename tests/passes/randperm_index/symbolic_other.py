# test: another symbol
# expect: unchanged, because "the entries of p lie in 0 to s75 - 1; that dimension 0 of x, s57, covers them cannot be shown"
# sizes: s57=6, s75=3
def before(x: "f32[s57, 4]", y: "f32[s75, 4]"):
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    p: "i64[s75]" = torch.ops.aten.randperm.default(k, device = device(type='cpu'), pin_memory = False)
    r: "f32[s75, 4]" = torch.ops.aten.index.Tensor(x, [p])
    return r
