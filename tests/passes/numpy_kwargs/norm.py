# test: torch.norm is a Python function with special cases
# expect: unchanged, because "PyTorch knows no signature of torch.functional.norm"
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.functional.norm(x, axis = 1)
    return r
