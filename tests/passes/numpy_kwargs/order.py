# test: other keywords keep their place
# expect: 1 match
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.sum(x, dtype = torch.float32, axis = 1, keepdims = True)
    return r


def after(x: "f32[4, 8]"):
    r = torch.sum(x, dtype = torch.float32, dim = 1, keepdim = True);  x = None
    return r
