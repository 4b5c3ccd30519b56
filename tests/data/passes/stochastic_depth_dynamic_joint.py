class inner_f(torch.nn.Module):
    def forward(self, primals, tangents):
        primals_1: "Sym(s77)"; primals_2: "Sym(s27)"; primals_3: "f32[s77, s27, 16][16*s27, 16, 1]cpu"; primals_4: "f32[16][1]cpu"; primals_5: "f32[16][1]cpu"; primals_6: "f32[32, 16][16, 1]cpu"; primals_7: "f32[32][1]cpu"; primals_8: "f32[16, 32][32, 1]cpu"; primals_9: "f32[16][1]cpu"; primals_10: "f32[16][1]cpu"; primals_11: "f32[16][1]cpu"; primals_12: "f32[32, 16][16, 1]cpu"; primals_13: "f32[32][1]cpu"; primals_14: "f32[16, 32][32, 1]cpu"; primals_15: "f32[16][1]cpu"; primals_16: "f32[16][1]cpu"; primals_17: "f32[16][1]cpu"; primals_18: "f32[32, 16][16, 1]cpu"; primals_19: "f32[32][1]cpu"; primals_20: "f32[16, 32][32, 1]cpu"; primals_21: "f32[16][1]cpu"; tangents_1: "f32[][]cpu"; 

        primals_1, primals_2, primals_3, primals_4, primals_5, primals_6, primals_7, primals_8, primals_9, primals_10, primals_11, primals_12, primals_13, primals_14, primals_15, primals_16, primals_17, primals_18, primals_19, primals_20, primals_21, tangents_1, = fx_pytree.tree_flatten_spec([primals, tangents], self._in_spec)
        # File: model.py:8 in forward, code: b=x.shape[0]; k=max(int(b*0.5),1)
        sym_float: "Sym(ToFloat(s77))" = torch.sym_float(primals_1)
        mul: "Sym(0.5*ToFloat(s77))" = sym_float * 0.5;  sym_float = None
        trunc: "Sym(TruncToInt(0.5*ToFloat(s77)))" = math_trunc(mul);  mul = None
        sym_max: "Sym(Max(1, TruncToInt(0.5*ToFloat(s77))))" = torch.sym_max(trunc, 1);  trunc = None

        # File: model.py:9 in forward, code: i=torch.randperm(b,device=x.device)[:k]
        randperm: "i64[s77][1]cpu" = torch.ops.aten.randperm.default(primals_1, device = device(type='cpu'), pin_memory = False)
        slice_1: "i64[Max(1, TruncToInt(0.5*ToFloat(s77)))][1]cpu" = torch.ops.aten.slice.Tensor(randperm, 0, 0, sym_max);  randperm = None

        # File: model.py:10 in forward, code: r=s.m(s.n(x[i]))
        index: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.index.Tensor(primals_3, [slice_1])
        var_mean = torch.ops.aten.var_mean.correction(index, [2], correction = 0, keepdim = True)
        getitem: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = var_mean[0]
        getitem_1: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = var_mean[1];  var_mean = None
        add_8: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.add.Tensor(getitem, 1e-05);  getitem = None
        rsqrt: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.rsqrt.default(add_8);  add_8 = None
        sub_4: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(index, getitem_1)
        mul_10: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(sub_4, rsqrt);  sub_4 = None
        mul_11: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_10, primals_4);  mul_10 = None
        add_9: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.add.Tensor(mul_11, primals_5);  mul_11 = primals_5 = None
        mul_25: "Sym(s27*Max(1, TruncToInt(0.5*ToFloat(s77))))" = sym_max * primals_2
        view: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.view.default(add_9, [mul_25, 16]);  add_9 = None
        permute: "f32[16, 32][1, 16]cpu" = torch.ops.aten.permute.default(primals_6, [1, 0]);  primals_6 = None
        addmm: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.addmm.default(primals_7, view, permute);  primals_7 = None
        view_1: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.view.default(addmm, [sym_max, primals_2, 32]);  addmm = None
        mul_33: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_1, 0.5)
        mul_34: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_1, 0.7071067811865476)
        erf: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.erf.default(mul_34);  mul_34 = None
        add_32: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(erf, 1);  erf = None
        mul_35: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(mul_33, add_32);  mul_33 = add_32 = None
        view_2: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.view.default(mul_35, [mul_25, 32]);  mul_35 = None
        permute_1: "f32[32, 16][1, 32]cpu" = torch.ops.aten.permute.default(primals_8, [1, 0]);  primals_8 = None
        addmm_1: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.addmm.default(primals_9, view_2, permute_1);  primals_9 = None
        view_3: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(addmm_1, [sym_max, primals_2, 16]);  addmm_1 = None

        # File: model.py:11 in forward, code: return torch.index_add(x.flatten(1),0,i,r.flatten(1),alpha=b/k).view_as(x)
        mul_53: "Sym(16*s27)" = primals_2 * 16
        view_4: "f32[s77, 16*s27][16*s27, 1]cpu" = torch.ops.aten.view.default(primals_3, [primals_1, mul_53]);  primals_3 = None
        view_5: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.view.default(view_3, [sym_max, mul_53]);  view_3 = None
        truediv: "Sym(IntTrueDiv(s77, Max(1, TruncToInt(0.5*ToFloat(s77)))))" = primals_1 / sym_max
        mul_71: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.mul.Tensor(view_5, truediv);  view_5 = None
        index_put: "f32[s77, 16*s27][16*s27, 1]cpu" = torch.ops.aten.index_put.default(view_4, [slice_1], mul_71, True);  view_4 = mul_71 = None
        view_6: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(index_put, [primals_1, primals_2, 16]);  index_put = None

        # File: model.py:9 in forward, code: i=torch.randperm(b,device=x.device)[:k]
        randperm_1: "i64[s77][1]cpu" = torch.ops.aten.randperm.default(primals_1, device = device(type='cpu'), pin_memory = False)
        slice_2: "i64[Max(1, TruncToInt(0.5*ToFloat(s77)))][1]cpu" = torch.ops.aten.slice.Tensor(randperm_1, 0, 0, sym_max);  randperm_1 = None

        # File: model.py:10 in forward, code: r=s.m(s.n(x[i]))
        index_1: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.index.Tensor(view_6, [slice_2])
        var_mean_1 = torch.ops.aten.var_mean.correction(index_1, [2], correction = 0, keepdim = True)
        getitem_2: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = var_mean_1[0]
        getitem_3: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = var_mean_1[1];  var_mean_1 = None
        add_68: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.add.Tensor(getitem_2, 1e-05);  getitem_2 = None
        rsqrt_1: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.rsqrt.default(add_68);  add_68 = None
        sub_33: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(index_1, getitem_3)
        mul_88: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(sub_33, rsqrt_1);  sub_33 = None
        mul_89: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_88, primals_10);  mul_88 = None
        add_69: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.add.Tensor(mul_89, primals_11);  mul_89 = primals_11 = None
        view_7: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.view.default(add_69, [mul_25, 16]);  add_69 = None
        permute_2: "f32[16, 32][1, 16]cpu" = torch.ops.aten.permute.default(primals_12, [1, 0]);  primals_12 = None
        addmm_2: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.addmm.default(primals_13, view_7, permute_2);  primals_13 = None
        view_8: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.view.default(addmm_2, [sym_max, primals_2, 32]);  addmm_2 = None
        mul_111: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_8, 0.5)
        mul_112: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_8, 0.7071067811865476)
        erf_1: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.erf.default(mul_112);  mul_112 = None
        add_92: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(erf_1, 1);  erf_1 = None
        mul_113: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(mul_111, add_92);  mul_111 = add_92 = None
        view_9: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.view.default(mul_113, [mul_25, 32]);  mul_113 = None
        permute_3: "f32[32, 16][1, 32]cpu" = torch.ops.aten.permute.default(primals_14, [1, 0]);  primals_14 = None
        addmm_3: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.addmm.default(primals_15, view_9, permute_3);  primals_15 = None
        view_10: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(addmm_3, [sym_max, primals_2, 16]);  addmm_3 = None

        # File: model.py:11 in forward, code: return torch.index_add(x.flatten(1),0,i,r.flatten(1),alpha=b/k).view_as(x)
        view_11: "f32[s77, 16*s27][16*s27, 1]cpu" = torch.ops.aten.view.default(view_6, [primals_1, mul_53]);  view_6 = None
        view_12: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.view.default(view_10, [sym_max, mul_53]);  view_10 = None
        mul_149: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.mul.Tensor(view_12, truediv);  view_12 = None
        index_put_1: "f32[s77, 16*s27][16*s27, 1]cpu" = torch.ops.aten.index_put.default(view_11, [slice_2], mul_149, True);  view_11 = mul_149 = None
        view_13: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(index_put_1, [primals_1, primals_2, 16]);  index_put_1 = None

        # File: model.py:9 in forward, code: i=torch.randperm(b,device=x.device)[:k]
        randperm_2: "i64[s77][1]cpu" = torch.ops.aten.randperm.default(primals_1, device = device(type='cpu'), pin_memory = False)
        slice_3: "i64[Max(1, TruncToInt(0.5*ToFloat(s77)))][1]cpu" = torch.ops.aten.slice.Tensor(randperm_2, 0, 0, sym_max);  randperm_2 = None

        # File: model.py:10 in forward, code: r=s.m(s.n(x[i]))
        index_2: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.index.Tensor(view_13, [slice_3])
        var_mean_2 = torch.ops.aten.var_mean.correction(index_2, [2], correction = 0, keepdim = True)
        getitem_4: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = var_mean_2[0]
        getitem_5: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = var_mean_2[1];  var_mean_2 = None
        add_128: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.add.Tensor(getitem_4, 1e-05);  getitem_4 = None
        rsqrt_2: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.rsqrt.default(add_128);  add_128 = None
        sub_62: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(index_2, getitem_5)
        mul_166: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(sub_62, rsqrt_2);  sub_62 = None
        mul_167: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_166, primals_16);  mul_166 = None
        add_129: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.add.Tensor(mul_167, primals_17);  mul_167 = primals_17 = None
        view_14: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.view.default(add_129, [mul_25, 16]);  add_129 = None
        permute_4: "f32[16, 32][1, 16]cpu" = torch.ops.aten.permute.default(primals_18, [1, 0]);  primals_18 = None
        addmm_4: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.addmm.default(primals_19, view_14, permute_4);  primals_19 = None
        view_15: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.view.default(addmm_4, [sym_max, primals_2, 32]);  addmm_4 = None
        mul_189: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_15, 0.5)
        mul_190: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_15, 0.7071067811865476)
        erf_2: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.erf.default(mul_190);  mul_190 = None
        add_152: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(erf_2, 1);  erf_2 = None
        mul_191: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(mul_189, add_152);  mul_189 = add_152 = None
        view_16: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.view.default(mul_191, [mul_25, 32]);  mul_191 = None
        permute_5: "f32[32, 16][1, 32]cpu" = torch.ops.aten.permute.default(primals_20, [1, 0]);  primals_20 = None
        addmm_5: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.addmm.default(primals_21, view_16, permute_5);  primals_21 = None
        view_17: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(addmm_5, [sym_max, primals_2, 16]);  addmm_5 = None

        # File: model.py:11 in forward, code: return torch.index_add(x.flatten(1),0,i,r.flatten(1),alpha=b/k).view_as(x)
        view_18: "f32[s77, 16*s27][16*s27, 1]cpu" = torch.ops.aten.view.default(view_13, [primals_1, mul_53]);  view_13 = None
        view_19: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.view.default(view_17, [sym_max, mul_53]);  view_17 = None
        mul_227: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.mul.Tensor(view_19, truediv);  view_19 = None
        index_put_2: "f32[s77, 16*s27][16*s27, 1]cpu" = torch.ops.aten.index_put.default(view_18, [slice_3], mul_227, True);  view_18 = mul_227 = None
        view_20: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(index_put_2, [primals_1, primals_2, 16]);  index_put_2 = None

        # File: model.py:16 in forward, code: return x.sum()
        sum_1: "f32[][]cpu" = torch.ops.aten.sum.default(view_20);  view_20 = None
        expand: "f32[s77, s27, 16][0, 0, 0]cpu" = torch.ops.aten.expand.default(tangents_1, [primals_1, primals_2, 16]);  tangents_1 = None

        # File: model.py:11 in forward, code: return torch.index_add(x.flatten(1),0,i,r.flatten(1),alpha=b/k).view_as(x)
        view_21: "f32[s77, 16*s27][0, 0]cpu" = torch.ops.aten.view.default(expand, [primals_1, mul_53]);  expand = None
        index_3: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.index.Tensor(view_21, [slice_3])
        expand_1: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.expand.default(index_3, [sym_max, mul_53]);  index_3 = None
        mul_235: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.mul.Scalar(expand_1, truediv);  expand_1 = None
        view_22: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(mul_235, [sym_max, primals_2, 16]);  mul_235 = None
        view_23: "f32[s77, s27, 16][0, 0, 0]cpu" = torch.ops.aten.view.default(view_21, [primals_1, primals_2, 16]);  view_21 = None

        # File: model.py:10 in forward, code: r=s.m(s.n(x[i]))
        view_24: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.view.default(view_22, [mul_25, 16]);  view_22 = None
        permute_6: "f32[16, 32][32, 1]cpu" = torch.ops.aten.permute.default(permute_5, [1, 0]);  permute_5 = None
        mm: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.mm.default(view_24, permute_6);  permute_6 = None
        permute_7: "f32[16, s27*Max(1, TruncToInt(0.5*ToFloat(s77)))][1, 16]cpu" = torch.ops.aten.permute.default(view_24, [1, 0])
        mm_1: "f32[16, 32][32, 1]cpu" = torch.ops.aten.mm.default(permute_7, view_16);  permute_7 = view_16 = None
        permute_8: "f32[32, 16][1, 32]cpu" = torch.ops.aten.permute.default(mm_1, [1, 0]);  mm_1 = None
        sum_2: "f32[1, 16][16, 1]cpu" = torch.ops.aten.sum.dim_IntList(view_24, [0], True);  view_24 = None
        view_25: "f32[16][1]cpu" = torch.ops.aten.view.default(sum_2, [16]);  sum_2 = None
        permute_9: "f32[16, 32][32, 1]cpu" = torch.ops.aten.permute.default(permute_8, [1, 0]);  permute_8 = None
        view_26: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.view.default(mm, [sym_max, primals_2, 32]);  mm = None
        mul_236: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_15, 0.7071067811865476)
        erf_3: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.erf.default(mul_236);  mul_236 = None
        add_180: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(erf_3, 1);  erf_3 = None
        mul_237: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(add_180, 0.5);  add_180 = None
        mul_238: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_15, view_15)
        mul_239: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(mul_238, -0.5);  mul_238 = None
        exp: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.exp.default(mul_239);  mul_239 = None
        mul_240: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(exp, 0.3989422804014327);  exp = None
        mul_241: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_15, mul_240);  view_15 = mul_240 = None
        add_181: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(mul_237, mul_241);  mul_237 = mul_241 = None
        mul_242: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_26, add_181);  view_26 = add_181 = None
        view_27: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.view.default(mul_242, [mul_25, 32]);  mul_242 = None
        permute_10: "f32[32, 16][16, 1]cpu" = torch.ops.aten.permute.default(permute_4, [1, 0]);  permute_4 = None
        mm_2: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.mm.default(view_27, permute_10);  permute_10 = None
        permute_11: "f32[32, s27*Max(1, TruncToInt(0.5*ToFloat(s77)))][1, 32]cpu" = torch.ops.aten.permute.default(view_27, [1, 0])
        mm_3: "f32[32, 16][16, 1]cpu" = torch.ops.aten.mm.default(permute_11, view_14);  permute_11 = view_14 = None
        permute_12: "f32[16, 32][1, 16]cpu" = torch.ops.aten.permute.default(mm_3, [1, 0]);  mm_3 = None
        sum_3: "f32[1, 32][32, 1]cpu" = torch.ops.aten.sum.dim_IntList(view_27, [0], True);  view_27 = None
        view_28: "f32[32][1]cpu" = torch.ops.aten.view.default(sum_3, [32]);  sum_3 = None
        permute_13: "f32[32, 16][16, 1]cpu" = torch.ops.aten.permute.default(permute_12, [1, 0]);  permute_12 = None
        view_29: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(mm_2, [sym_max, primals_2, 16]);  mm_2 = None
        sub_87: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(index_2, getitem_5);  index_2 = getitem_5 = None
        mul_243: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(sub_87, rsqrt_2);  sub_87 = None
        mul_244: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(view_29, primals_16);  primals_16 = None
        mul_245: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_244, 16)
        sum_4: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.sum.dim_IntList(mul_244, [2], True)
        mul_246: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_244, mul_243);  mul_244 = None
        sum_5: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.sum.dim_IntList(mul_246, [2], True);  mul_246 = None
        mul_247: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_243, sum_5);  sum_5 = None
        sub_88: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(mul_245, sum_4);  mul_245 = sum_4 = None
        sub_89: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(sub_88, mul_247);  sub_88 = mul_247 = None
        div: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.div.Tensor(rsqrt_2, 16);  rsqrt_2 = None
        mul_248: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(div, sub_89);  div = sub_89 = None
        mul_249: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(view_29, mul_243);  mul_243 = None
        sum_6: "f32[16][1]cpu" = torch.ops.aten.sum.dim_IntList(mul_249, [0, 1]);  mul_249 = None
        sum_7: "f32[16][1]cpu" = torch.ops.aten.sum.dim_IntList(view_29, [0, 1]);  view_29 = None
        full: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.full.default([primals_1, primals_2, 16], 0, dtype = torch.float32, layout = torch.strided, device = device(type='cpu'), pin_memory = False)
        index_put_3: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.index_put.default(full, [slice_3], mul_248, True);  full = slice_3 = mul_248 = None
        add_182: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.add.Tensor(view_23, index_put_3);  view_23 = index_put_3 = None

        # File: model.py:11 in forward, code: return torch.index_add(x.flatten(1),0,i,r.flatten(1),alpha=b/k).view_as(x)
        view_30: "f32[s77, 16*s27][16*s27, 1]cpu" = torch.ops.aten.view.default(add_182, [primals_1, mul_53]);  add_182 = None
        index_4: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.index.Tensor(view_30, [slice_2])
        expand_2: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.expand.default(index_4, [sym_max, mul_53]);  index_4 = None
        mul_250: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.mul.Scalar(expand_2, truediv);  expand_2 = None
        view_31: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(mul_250, [sym_max, primals_2, 16]);  mul_250 = None
        view_32: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(view_30, [primals_1, primals_2, 16]);  view_30 = None

        # File: model.py:10 in forward, code: r=s.m(s.n(x[i]))
        view_33: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.view.default(view_31, [mul_25, 16]);  view_31 = None
        permute_14: "f32[16, 32][32, 1]cpu" = torch.ops.aten.permute.default(permute_3, [1, 0]);  permute_3 = None
        mm_4: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.mm.default(view_33, permute_14);  permute_14 = None
        permute_15: "f32[16, s27*Max(1, TruncToInt(0.5*ToFloat(s77)))][1, 16]cpu" = torch.ops.aten.permute.default(view_33, [1, 0])
        mm_5: "f32[16, 32][32, 1]cpu" = torch.ops.aten.mm.default(permute_15, view_9);  permute_15 = view_9 = None
        permute_16: "f32[32, 16][1, 32]cpu" = torch.ops.aten.permute.default(mm_5, [1, 0]);  mm_5 = None
        sum_8: "f32[1, 16][16, 1]cpu" = torch.ops.aten.sum.dim_IntList(view_33, [0], True);  view_33 = None
        view_34: "f32[16][1]cpu" = torch.ops.aten.view.default(sum_8, [16]);  sum_8 = None
        permute_17: "f32[16, 32][32, 1]cpu" = torch.ops.aten.permute.default(permute_16, [1, 0]);  permute_16 = None
        view_35: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.view.default(mm_4, [sym_max, primals_2, 32]);  mm_4 = None
        mul_251: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_8, 0.7071067811865476)
        erf_4: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.erf.default(mul_251);  mul_251 = None
        add_183: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(erf_4, 1);  erf_4 = None
        mul_252: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(add_183, 0.5);  add_183 = None
        mul_253: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_8, view_8)
        mul_254: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(mul_253, -0.5);  mul_253 = None
        exp_1: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.exp.default(mul_254);  mul_254 = None
        mul_255: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(exp_1, 0.3989422804014327);  exp_1 = None
        mul_256: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_8, mul_255);  view_8 = mul_255 = None
        add_184: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(mul_252, mul_256);  mul_252 = mul_256 = None
        mul_257: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_35, add_184);  view_35 = add_184 = None
        view_36: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.view.default(mul_257, [mul_25, 32]);  mul_257 = None
        permute_18: "f32[32, 16][16, 1]cpu" = torch.ops.aten.permute.default(permute_2, [1, 0]);  permute_2 = None
        mm_6: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.mm.default(view_36, permute_18);  permute_18 = None
        permute_19: "f32[32, s27*Max(1, TruncToInt(0.5*ToFloat(s77)))][1, 32]cpu" = torch.ops.aten.permute.default(view_36, [1, 0])
        mm_7: "f32[32, 16][16, 1]cpu" = torch.ops.aten.mm.default(permute_19, view_7);  permute_19 = view_7 = None
        permute_20: "f32[16, 32][1, 16]cpu" = torch.ops.aten.permute.default(mm_7, [1, 0]);  mm_7 = None
        sum_9: "f32[1, 32][32, 1]cpu" = torch.ops.aten.sum.dim_IntList(view_36, [0], True);  view_36 = None
        view_37: "f32[32][1]cpu" = torch.ops.aten.view.default(sum_9, [32]);  sum_9 = None
        permute_21: "f32[32, 16][16, 1]cpu" = torch.ops.aten.permute.default(permute_20, [1, 0]);  permute_20 = None
        view_38: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(mm_6, [sym_max, primals_2, 16]);  mm_6 = None
        sub_90: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(index_1, getitem_3);  index_1 = getitem_3 = None
        mul_258: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(sub_90, rsqrt_1);  sub_90 = None
        mul_259: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(view_38, primals_10);  primals_10 = None
        mul_260: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_259, 16)
        sum_10: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.sum.dim_IntList(mul_259, [2], True)
        mul_261: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_259, mul_258);  mul_259 = None
        sum_11: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.sum.dim_IntList(mul_261, [2], True);  mul_261 = None
        mul_262: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_258, sum_11);  sum_11 = None
        sub_91: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(mul_260, sum_10);  mul_260 = sum_10 = None
        sub_92: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(sub_91, mul_262);  sub_91 = mul_262 = None
        div_1: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.div.Tensor(rsqrt_1, 16);  rsqrt_1 = None
        mul_263: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(div_1, sub_92);  div_1 = sub_92 = None
        mul_264: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(view_38, mul_258);  mul_258 = None
        sum_12: "f32[16][1]cpu" = torch.ops.aten.sum.dim_IntList(mul_264, [0, 1]);  mul_264 = None
        sum_13: "f32[16][1]cpu" = torch.ops.aten.sum.dim_IntList(view_38, [0, 1]);  view_38 = None
        full_1: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.full.default([primals_1, primals_2, 16], 0, dtype = torch.float32, layout = torch.strided, device = device(type='cpu'), pin_memory = False)
        index_put_4: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.index_put.default(full_1, [slice_2], mul_263, True);  full_1 = slice_2 = mul_263 = None
        add_185: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.add.Tensor(view_32, index_put_4);  view_32 = index_put_4 = None

        # File: model.py:11 in forward, code: return torch.index_add(x.flatten(1),0,i,r.flatten(1),alpha=b/k).view_as(x)
        view_39: "f32[s77, 16*s27][16*s27, 1]cpu" = torch.ops.aten.view.default(add_185, [primals_1, mul_53]);  add_185 = None
        index_5: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.index.Tensor(view_39, [slice_1])
        expand_3: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.expand.default(index_5, [sym_max, mul_53]);  index_5 = mul_53 = None
        mul_265: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), 16*s27][16*s27, 1]cpu" = torch.ops.aten.mul.Scalar(expand_3, truediv);  expand_3 = truediv = None
        view_40: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(mul_265, [sym_max, primals_2, 16]);  mul_265 = None
        view_41: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(view_39, [primals_1, primals_2, 16]);  view_39 = None

        # File: model.py:10 in forward, code: r=s.m(s.n(x[i]))
        view_42: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.view.default(view_40, [mul_25, 16]);  view_40 = None
        permute_22: "f32[16, 32][32, 1]cpu" = torch.ops.aten.permute.default(permute_1, [1, 0]);  permute_1 = None
        mm_8: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.mm.default(view_42, permute_22);  permute_22 = None
        permute_23: "f32[16, s27*Max(1, TruncToInt(0.5*ToFloat(s77)))][1, 16]cpu" = torch.ops.aten.permute.default(view_42, [1, 0])
        mm_9: "f32[16, 32][32, 1]cpu" = torch.ops.aten.mm.default(permute_23, view_2);  permute_23 = view_2 = None
        permute_24: "f32[32, 16][1, 32]cpu" = torch.ops.aten.permute.default(mm_9, [1, 0]);  mm_9 = None
        sum_14: "f32[1, 16][16, 1]cpu" = torch.ops.aten.sum.dim_IntList(view_42, [0], True);  view_42 = None
        view_43: "f32[16][1]cpu" = torch.ops.aten.view.default(sum_14, [16]);  sum_14 = None
        permute_25: "f32[16, 32][32, 1]cpu" = torch.ops.aten.permute.default(permute_24, [1, 0]);  permute_24 = None
        view_44: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.view.default(mm_8, [sym_max, primals_2, 32]);  mm_8 = None
        mul_266: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_1, 0.7071067811865476)
        erf_5: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.erf.default(mul_266);  mul_266 = None
        add_186: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(erf_5, 1);  erf_5 = None
        mul_267: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(add_186, 0.5);  add_186 = None
        mul_268: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_1, view_1)
        mul_269: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(mul_268, -0.5);  mul_268 = None
        exp_2: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.exp.default(mul_269);  mul_269 = None
        mul_270: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(exp_2, 0.3989422804014327);  exp_2 = None
        mul_271: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_1, mul_270);  view_1 = mul_270 = None
        add_187: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.add.Tensor(mul_267, mul_271);  mul_267 = mul_271 = None
        mul_272: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 32][32*s27, 32, 1]cpu" = torch.ops.aten.mul.Tensor(view_44, add_187);  view_44 = add_187 = None
        view_45: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 32][32, 1]cpu" = torch.ops.aten.view.default(mul_272, [mul_25, 32]);  mul_272 = mul_25 = None
        permute_26: "f32[32, 16][16, 1]cpu" = torch.ops.aten.permute.default(permute, [1, 0]);  permute = None
        mm_10: "f32[s27*Max(1, TruncToInt(0.5*ToFloat(s77))), 16][16, 1]cpu" = torch.ops.aten.mm.default(view_45, permute_26);  permute_26 = None
        permute_27: "f32[32, s27*Max(1, TruncToInt(0.5*ToFloat(s77)))][1, 32]cpu" = torch.ops.aten.permute.default(view_45, [1, 0])
        mm_11: "f32[32, 16][16, 1]cpu" = torch.ops.aten.mm.default(permute_27, view);  permute_27 = view = None
        permute_28: "f32[16, 32][1, 16]cpu" = torch.ops.aten.permute.default(mm_11, [1, 0]);  mm_11 = None
        sum_15: "f32[1, 32][32, 1]cpu" = torch.ops.aten.sum.dim_IntList(view_45, [0], True);  view_45 = None
        view_46: "f32[32][1]cpu" = torch.ops.aten.view.default(sum_15, [32]);  sum_15 = None
        permute_29: "f32[32, 16][16, 1]cpu" = torch.ops.aten.permute.default(permute_28, [1, 0]);  permute_28 = None
        view_47: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.view.default(mm_10, [sym_max, primals_2, 16]);  mm_10 = sym_max = None
        sub_93: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(index, getitem_1);  index = getitem_1 = None
        mul_273: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(sub_93, rsqrt);  sub_93 = None
        mul_274: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(view_47, primals_4);  primals_4 = None
        mul_275: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_274, 16)
        sum_16: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.sum.dim_IntList(mul_274, [2], True)
        mul_276: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_274, mul_273);  mul_274 = None
        sum_17: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.sum.dim_IntList(mul_276, [2], True);  mul_276 = None
        mul_277: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(mul_273, sum_17);  sum_17 = None
        sub_94: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(mul_275, sum_16);  mul_275 = sum_16 = None
        sub_95: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.sub.Tensor(sub_94, mul_277);  sub_94 = mul_277 = None
        div_2: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 1][s27, 1, 1]cpu" = torch.ops.aten.div.Tensor(rsqrt, 16);  rsqrt = None
        mul_278: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(div_2, sub_95);  div_2 = sub_95 = None
        mul_279: "f32[Max(1, TruncToInt(0.5*ToFloat(s77))), s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.mul.Tensor(view_47, mul_273);  mul_273 = None
        sum_18: "f32[16][1]cpu" = torch.ops.aten.sum.dim_IntList(mul_279, [0, 1]);  mul_279 = None
        sum_19: "f32[16][1]cpu" = torch.ops.aten.sum.dim_IntList(view_47, [0, 1]);  view_47 = None
        full_2: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.full.default([primals_1, primals_2, 16], 0, dtype = torch.float32, layout = torch.strided, device = device(type='cpu'), pin_memory = False);  primals_1 = primals_2 = None
        index_put_5: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.index_put.default(full_2, [slice_1], mul_278, True);  full_2 = slice_1 = mul_278 = None
        add_188: "f32[s77, s27, 16][16*s27, 16, 1]cpu" = torch.ops.aten.add.Tensor(view_41, index_put_5);  view_41 = index_put_5 = None
        return pytree.tree_unflatten([sum_1, None, None, add_188, sum_18, sum_19, permute_29, view_46, permute_25, view_43, sum_12, sum_13, permute_21, view_37, permute_17, view_34, sum_6, sum_7, permute_13, view_28, permute_9, view_25], self._out_spec)
