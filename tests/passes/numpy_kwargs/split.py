# test: a function printed under the module that defines it
# expect: 1 match
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.functional.split(x, 2, axis = 1)
    return r


def after(x: "f32[4, 8]"):
    r = torch.functional.split(x, 2, dim = 1);  x = None
    return r
