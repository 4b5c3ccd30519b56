# test: axis beside dim
# expect: 1 match
# warns: kwarg_collision: axis and dim both became dim; the value of dim won, that of axis is lost
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.sum(x, axis = 0, dim = 1)
    return r


def after(x: "f32[4, 8]"):
    r = torch.sum(x, dim = 1);  x = None
    return r
