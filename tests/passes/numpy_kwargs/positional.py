# test: the first argument by position and by keyword
# expect: 1 match
# warns: kwarg_collision: the first argument is given by position and again as input
# run: not, functions of torch itself have no kernels
def before(x: "b8[4, 8]", y: "f32[4, 8]"):
    r = torch.where(x, x = y)
    return r


def after(x: "b8[4, 8]", y: "f32[4, 8]"):
    r = torch.where(x, input = y);  x = y = None
    return r
