# test: a fractional alpha would make floats of integers
# expect: unchanged, because "alpha times y would not have the dtype of x"
def before(x: "i64[8, 4]", y: "i64[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "i64[8, 4]" = torch.ops.aten.index_add.default(x, 0, i, y, alpha = 2.5)
    return r
