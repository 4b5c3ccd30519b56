# test: a function none of whose parameters has a NumPy name
# expect: unchanged, because "none of the parameters of torch.arange has a NumPy name"
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.arange(8, dtype = torch.int64)
    return r
