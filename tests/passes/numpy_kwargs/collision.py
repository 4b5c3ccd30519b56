# test: two names of one parameter: the last one wins, with a warning
# expect: 1 match
# warns: kwarg_collision: x and a both became input; the value of a won, that of x is lost
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]", y: "f32[4, 8]"):
    r = torch.mean(x = x, a = y)
    return r


def after(x: "f32[4, 8]", y: "f32[4, 8]"):
    r = torch.mean(input = y);  y = None
    return r
