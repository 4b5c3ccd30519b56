# test: without shapes, but n is the size of x itself
# expect: 1 match
# run: not, there are no shapes to make inputs from
def before(x):
    n = torch.ops.aten.sym_size.int(x, 0)
    p = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False)
    i = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r = torch.ops.aten.index.Tensor(x, [i])
    return r


def after(x):
    n = torch.ops.aten.sym_size.int(x, 0)
    p = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False);  n = None
    i = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    r = torch.ops.aten._unsafe_index.Tensor(x, [i]);  x = i = None
    return r
