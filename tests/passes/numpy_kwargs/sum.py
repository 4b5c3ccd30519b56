# test: axis and keepdims of a reduction
# expect: 1 match
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.sum(x, axis = 1, keepdims = True)
    return r


def after(x: "f32[4, 8]"):
    r = torch.sum(x, dim = 1, keepdim = True);  x = None
    return r
