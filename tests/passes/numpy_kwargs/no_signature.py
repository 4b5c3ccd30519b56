# test: a Python function: PyTorch knows no signature
# expect: unchanged, because "PyTorch knows no signature of torch.nn.functional.relu"
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch.nn.functional.relu(x = x)
    return r
