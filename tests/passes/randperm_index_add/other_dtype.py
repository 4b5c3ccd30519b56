# test: y has another dtype than x
# expect: unchanged, because "x is float32, y is float64; PyTorch wants one dtype"
# run: not, PyTorch refuses it
def before(x: "f32[8, 4]", y: "f64[4, 4]"):
    p: "i64[8]" = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i: "i64[4]" = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [i], y, True)
    return r
