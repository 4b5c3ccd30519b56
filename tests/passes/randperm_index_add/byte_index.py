# test: a byte index is a mask
# expect: unchanged, because "p is no int64 or int32 index, PyTorch reads it as a mask or refuses it"
# run: not, the mask takes other rows than y has
def before(x: "f32[8, 4]", y: "f32[8, 4]"):
    p: "u8[8]" = torch.ops.aten.randperm.default(8, dtype = torch.uint8, device = device(type='cpu'), pin_memory = False)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [p], y, True)
    return r
