# test: index_add refuses entries from the end
# expect: unchanged, because "the entries of m may count from the end, which index_add refuses"
# run: not, PyTorch refuses it
def before(x: "f32[8, 4]", y: "f32[8, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    m: "i64[8]" = torch.ops.aten.sub.Tensor(p, 8)
    r: "f32[8, 4]" = torch.ops.aten.index_add.default(x, 0, m, y)
    return r
