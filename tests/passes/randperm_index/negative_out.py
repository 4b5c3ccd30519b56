# test: one row too far from the end
# expect: unchanged, because "the entries of m lie in -9 to -2; that dimension 0 of x, 8, covers them cannot be shown"
# run: not, the index leaves x
def before(x: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.sub.Tensor(p, 9)
    r: "f32[8, 4]" = torch.ops.aten.index.Tensor(x, [m])
    return r
