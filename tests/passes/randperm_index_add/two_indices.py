# test: two index tensors address single elements
# expect: unchanged, because "r has 2 index tensors, the rule wants exactly one"
def before(x: "f32[8, 8]", y: "f32[8]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    r: "f32[8, 8]" = torch.ops.aten.index_put.default(x, [p, p], y, True)
    return r
