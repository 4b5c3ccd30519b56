# test: another symbol: nothing is known about bounds
# expect: 1 match
# sizes: s57=6, s75=3
def before(x: "f32[s57, 4]", y: "f32[s75, 4]"):
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    p: "i64[s75]" = torch.ops.aten.randperm.default(k, device = device(type='cpu'), pin_memory = False)
    r: "f32[s57, 4]" = torch.ops.aten.index_put.default(x, [p], y, True)
    return r


def after(x: "f32[s57, 4]", y: "f32[s75, 4]"):
    k: "Sym(s75)" = torch.ops.aten.sym_size.int(y, 0)
    p: "i64[s75]" = torch.ops.aten.randperm.default(k, device = device(type='cpu'), pin_memory = False);  k = None
    index_tensor: "f32[s75, 4]" = torch.ops.aten.index.Tensor(x, [p])
    add_tensor: "f32[s75, 4]" = torch.ops.aten.add.Tensor(index_tensor, y);  index_tensor = y = None
    index_put_default: "f32[s57, 4]" = torch.ops.aten.index_put.default(x, [p], add_tensor);  x = p = add_tensor = None
    return index_put_default
