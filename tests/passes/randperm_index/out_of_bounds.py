# test: a permutation of more rows than x has
# expect: unchanged, because "the entries of i lie in 0 to 7, dimension 0 of x has only 6"
# run: not, the index leaves x
def before(x: "f32[6, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[4, 4]" = torch.ops.aten.index.Tensor(x, [i])
    return r
