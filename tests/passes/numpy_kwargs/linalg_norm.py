# test: a function of torch.linalg, printed by its binding
# expect: 1 match
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch._C._linalg.linalg_norm(x, axis = 1, keepdims = True)
    return r


def after(x: "f32[4, 8]"):
    r = torch._C._linalg.linalg_norm(x, dim = 1, keepdim = True);  x = None
    return r
