# test: random rows may repeat
# expect: unchanged, because "two entries of i may address the same row, because of i (aten.randint.low)"
def before(x: "f32[8, 4]", y: "f32[4, 4]"):
    i: "i64[4]" = torch.ops.aten.randint.low(0, 8, [4], device = device(type='cpu'), pin_memory = False)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return r
