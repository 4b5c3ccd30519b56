# test: without shapes the bounds are not known
# expect: unchanged, because "x carries no shape, so i cannot be shown to stay inside it"
# run: not, there are no shapes to make inputs from
def before(x):
    p = torch.ops.aten.randperm.default(8, device = device(type='cpu'), pin_memory = False)
    i = torch.ops.aten.slice.Tensor(p, 0, 0, 4)
    r = torch.ops.aten.index.Tensor(x, [i])
    return r
