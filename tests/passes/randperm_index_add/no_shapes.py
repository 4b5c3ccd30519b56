# test: a graph without any shape
# expect: 1 match
# run: not, there are no shapes to make inputs from
def before(x, y):
    n = torch.ops.aten.sym_size.int(x, 0)
    p = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False)
    i = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r = torch.ops.aten.index_put.default(x, [i], y, True)
    return r


def after(x, y):
    n = torch.ops.aten.sym_size.int(x, 0)
    p = torch.ops.aten.randperm.default(n, device = device(type='cpu'), pin_memory = False);  n = None
    i = torch.ops.aten.slice.Tensor(p, 0, 0, 4);  p = None
    _unsafe_index_tensor = torch.ops.aten._unsafe_index.Tensor(x, [i])
    add_tensor = torch.ops.aten.add.Tensor(_unsafe_index_tensor, y);  _unsafe_index_tensor = y = None
    index_put_default = torch.ops.aten.index_put.default(x, [i], add_tensor);  x = i = add_tensor = None
    return index_put_default
