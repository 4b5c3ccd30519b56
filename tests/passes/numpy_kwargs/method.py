# test: methods are left alone
# expect: unchanged, because "r calls a method or module; only functions are renamed"
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = x.sum(axis = 1)
    return r
