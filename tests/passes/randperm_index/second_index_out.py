# test: the second of two indices may leave its dimension
# expect: unchanged, because "the entries of q lie in 0 to 7, dimension 1 of x has only 7"
# run: not, the index leaves x
def before(x: "f32[8, 7]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    q: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    r: "f32[8]" = torch.ops.aten.index.Tensor(x, [p, q])
    return r
