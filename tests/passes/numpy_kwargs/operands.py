# test: first and second operand
# expect: 1 match
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]", y: "f32[4, 8]"):
    r = torch.atan2(x1 = x, x2 = y)
    return r


def after(x: "f32[4, 8]", y: "f32[4, 8]"):
    r = torch.atan2(input = x, other = y);  x = y = None
    return r
