# test: index_add refuses a source that would have to be broadcast
# expect: unchanged, because "dimension 1 of y is 1 where index_add wants 4; the rewritten form would broadcast it"
# run: not, PyTorch refuses it
def before(x: "f32[8, 4]", y: "f32[4, 1]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[8, 4]" = torch.ops.aten.index_add.default(x, 0, i, y)
    return r
