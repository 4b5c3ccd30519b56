# test: torch names stay
# expect: unchanged, because "r uses no NumPy keyword that torch.sum has"
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.sum(x, dim = 1, keepdim = True)
    return r
