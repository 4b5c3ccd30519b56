# test: an entry from the end may mean a row from the start
# expect: unchanged, because "the entries of m differ, but one from the end may mean the same row as one from the start"
def before(x: "f32[6, 4]", y: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.sub.Tensor(p, 5)
    r: "f32[6, 4]" = torch.ops.aten.index_put.default(x, [m], y, True)
    return r
