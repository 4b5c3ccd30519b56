# test: an ATen operator has torch names already
# expect: unchanged, because "torch.ops.aten.foo.default is an ATen operator and has torch names already"
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.ops.aten.foo.default(x, axis = 1)
    return r
