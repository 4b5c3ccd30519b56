# test: a function of torch.fft
# expect: 1 match
# run: not, functions of torch itself have no kernels
def before(x: "f32[4, 8]"):
    r = torch._C._fft.fft_fftshift(x, axis = 1)
    return r


def after(x: "f32[4, 8]"):
    r = torch._C._fft.fft_fftshift(x, dim = 1);  x = None
    return r
