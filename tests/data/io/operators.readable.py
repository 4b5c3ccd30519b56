class GraphModule(torch.nn.Module):
    def forward(self, x, k : int = 3, *rest):
        _rest = rest

        # No stacktrace found for following nodes
        w = self.w
        sub_0_weight = getattr(self.sub, "0").weight
        sub_0 = getattr(self.sub, "0")(x)
        sub_0 += w;  iadd = sub_0;  sub_0 = None
        x[(slice(None, None, None), 0)] = 1.5;  setitem = x
        neg = -x
        not_ = _operator_not_(k)
        invert = ~x
        getitem = x[(Ellipsis, slice(None, k, 2))]
        len_1 = len(x)
        trunc = math_trunc(k)
        getattr_1 = x.shape
        getattr_2 = getattr(x, 'foo', 0)
        pow_1 = 2 ** k
        matmul = x @ w;  w = None
        floordiv = k // -2
        eq = k == len_1;  len_1 = None
        arange = torch.arange(5, dtype = torch.int64, device = device(type='cuda', index=1))
        mul = torch.mul(x, (1+2j))
        mul_1 = torch.mul(x, 2j)
        clamp = torch.clamp(x, min = -inf, max = inf)
        view = x.view(-1)
        einsum = torch.functional.einsum('bij,bjk->bik', [x, x])
        to = x.to(memory_format = torch.channels_last, dtype = torch.bfloat16)
        zeros = torch.zeros([2, 3], layout = torch.strided, pin_memory = False)
        add_tensor = torch.ops.aten.add.Tensor(x, 1e-05, alpha = 1)
        add_ = torch_Tensor_add_(x, x)
        gelu = torch._C._nn.gelu(x, approximate = 'tanh')
        sym_max = torch.sym_max(k, 4);  k = None
        slice_tensor = torch.ops.aten.slice.Tensor(x, 0, 0, 9223372036854775807)
        index_tensor = torch.ops.aten.index.Tensor(x, [None, x]);  x = None
        return {'a': [neg, not_, invert, getitem], 'b': (trunc, getattr_1, getattr_2, pow_1, matmul, floordiv, eq, arange, mul, mul_1, clamp, view, einsum, to, zeros, add_tensor, add_, gelu, sym_max, slice_tensor, index_tensor, iadd, setitem, sub_0_weight, _rest), 'c': "it's"}
