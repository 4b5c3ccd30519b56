# test: nonzero has a signature of its own making
# expect: unchanged, because "PyTorch knows no signature of torch.nonzero"
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.nonzero(x = x)
    return r
