# test: the permutation is written over before it is used
# expect: unchanged, because "w may change the entries of i before r reads them"
# run: not, the index leaves x
def before(x: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    w: "i64[8]" = torch.ops.aten.add_.Tensor(p, 1)
    r: "f32[4, 4]" = torch.ops.aten.index.Tensor(x, [i])
    return (r, w)
