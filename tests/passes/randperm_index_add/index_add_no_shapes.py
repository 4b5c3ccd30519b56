# test: without shapes nothing says that x and y agree
# expect: unchanged, because "x or y carries no shape, so that they agree cannot be shown"
# run: not, there are no shapes to make inputs from
def before(x, y):
    p = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    r = torch.ops.aten.index_add.default(x, 0, p, y)
    return r
