class GraphModule(torch.nn.Module):
    def forward(self, x, n, y, extra):
        x: "f32[s77, 4]"; extra_e: "f32[2]";

        x, n, y, extra_e, = fx_pytree.tree_flatten_spec(([x, n], {'y':y, 'extra':extra}), self._in_spec)
        # No stacktrace found for following nodes
        a_weight: "f32[4, 4]" = self.a.weight;  a_weight = None
        b_weight: "f32[4, 4]" = self.b.weight
        count: "f32[1]" = self.count
        scale: "f32[4]" = self.scale
        k: "f32[4]" = self.k
        _guards_fn = self._guards_fn(x, n, y, extra_e);  n = y = _guards_fn = None

        # File: model.py:16 in forward, code: s.count.add_(1)
        add_: "f32[1]" = torch.ops.aten.add_.Tensor(count, 1);  count = add_ = None

        # File: model.py:17 in forward, code: h=torch.nn.functional.linear(torch.nn.functional.linear(x,s.a.weight),s.b.weight)*s.scale+s.k*n
        linear: "f32[s77, 4]" = torch.ops.aten.linear.default(x, b_weight);  x = None
        linear_1: "f32[s77, 4]" = torch.ops.aten.linear.default(linear, b_weight);  linear = b_weight = None
        mul: "f32[s77, 4]" = torch.ops.aten.mul.Tensor(linear_1, scale);  linear_1 = scale = None
        mul_1: "f32[4]" = torch.ops.aten.mul.Tensor(k, 2);  k = None
        add: "f32[s77, 4]" = torch.ops.aten.add.Tensor(mul, mul_1);  mul = mul_1 = None

        # File: model.py:18 in forward, code: q=h.split(2,dim=1)
        split = torch.ops.aten.split.Tensor(add, 2, 1)
        getitem: "f32[s77, 2]" = split[0];  getitem = None
        getitem_1: "f32[s77, 2]" = split[1];  split = None

        # File: model.py:19 in forward, code: m,i=torch.max(h,dim=1)
        max_1 = torch.ops.aten.max.dim(add, 1)
        getitem_2: "f32[s77]" = max_1[0]
        getitem_3: "i64[s77]" = max_1[1];  max_1 = getitem_3 = None

        # File: model.py:20 in forward, code: mask=torch.full_like(h,float('-inf'))
        full_like: "f32[s77, 4]" = torch.ops.aten.full_like.default(add, -inf, pin_memory = False)

        # File: model.py:21 in forward, code: return {'h':h,'q':q[1],'m':m+extra['e'].sum(), 'cat':torch.cat([h,h*2]).reshape(-1,2), 'mask':mask}
        sum_1: "f32[]" = torch.ops.aten.sum.default(extra_e);  extra_e = None
        add_1: "f32[s77]" = torch.ops.aten.add.Tensor(getitem_2, sum_1);  getitem_2 = sum_1 = None
        mul_2: "f32[s77, 4]" = torch.ops.aten.mul.Tensor(add, 2)
        cat: "f32[2*s77, 4]" = torch.ops.aten.cat.default([add, mul_2]);  mul_2 = None
        reshape: "f32[4*s77, 2]" = torch.ops.aten.reshape.default(cat, [-1, 2]);  cat = None
        return pytree.tree_unflatten((add, getitem_1, add_1, reshape, full_like), self._out_spec)
