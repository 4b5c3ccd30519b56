class GraphModule(torch.nn.Module):
    def forward(self, L_s_modules_l_parameters_weight_: "f32[16, 16][16, 1]cpu", L_s_modules_l_parameters_bias_: "f32[16][1]cpu", L_x_: "f32[4, 16][16, 1]cpu"):
        l_s_modules_l_parameters_weight_ = L_s_modules_l_parameters_weight_
        l_s_modules_l_parameters_bias_ = L_s_modules_l_parameters_bias_
        l_x_ = L_x_

        # File: train/capture.py:166 in forward, code: h = s.l(x); a = torch.sum(h, axis=1, keepdims=True); b = torch.concatenate([h, h * 2], axis=-1); c = torch.std(b, axis=-1, keepdims=True); d = torch.stack([a, c], axis=0); e = torch.amax(h, axis=1, keepdims=True)
        h: "f32[4, 16][16, 1]cpu" = torch._C._nn.linear(l_x_, l_s_modules_l_parameters_weight_, l_s_modules_l_parameters_bias_);  l_x_ = l_s_modules_l_parameters_weight_ = l_s_modules_l_parameters_bias_ = None
        a: "f32[4, 1][1, 1]cpu" = torch.sum(h, axis = 1, keepdims = True)
        mul: "f32[4, 16][16, 1]cpu" = h * 2
        b: "f32[4, 32][32, 1]cpu" = torch.concatenate([h, mul], axis = -1);  mul = None
        c: "f32[4, 1][1, 1]cpu" = torch.std(b, axis = -1, keepdims = True);  b = None
        d: "f32[2, 4, 1][4, 1, 1]cpu" = torch.stack([a, c], axis = 0);  c = None
        e: "f32[4, 1][1, 1]cpu" = torch.amax(h, axis = 1, keepdims = True)

        # File: train/capture.py:167 in forward, code: return torch.mean(d, axis=0) + torch.logsumexp(h, axis=1, keepdims=True) + torch.add(e, other=a) + torch.softmax(h, axis=1).sum(axis=1, keepdims=True)
        mean: "f32[4, 1][1, 1]cpu" = torch.mean(d, axis = 0);  d = None
        logsumexp: "f32[4, 1][1, 1]cpu" = torch.logsumexp(h, axis = 1, keepdims = True)
        add: "f32[4, 1][1, 1]cpu" = mean + logsumexp;  mean = logsumexp = None
        add_1: "f32[4, 1][1, 1]cpu" = torch.add(e, other = a);  e = a = None
        add_2: "f32[4, 1][1, 1]cpu" = add + add_1;  add = add_1 = None
        softmax: "f32[4, 16][16, 1]cpu" = torch.softmax(h, axis = 1);  h = None
        sum_2: "f32[4, 1][1, 1]cpu" = softmax.sum(axis = 1, keepdims = True);  softmax = None
        add_3: "f32[4, 1][1, 1]cpu" = add_2 + sum_2;  add_2 = sum_2 = None
        return (add_3,)
