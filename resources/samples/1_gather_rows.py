# SPDX-License-Identifier: BSD-3-Clause
# Gather shuffled rows
# randperm_index: x[randperm(n)] never leaves its bounds, the check can go
class GraphModule(torch.nn.Module):
    def forward(self, p_centres: "f32[10, 32]", p_proj_weight: "f32[32, 64]", p_proj_bias: "f32[32]", tokens: "f32[256, 64]", labels: "i64[256]"):
        # File: contrastive.py:11 in forward, code: rows = torch.randperm(tokens.shape[0])[:64]
        randperm: "i64[256]" = torch.ops.aten.randperm.default(256, device = device(type='cpu'), pin_memory = False)
        slice_1: "i64[64]" = torch.ops.aten.slice.Tensor(randperm, 0, 0, 64);  randperm = None

        # File: contrastive.py:12 in forward, code: batch, wanted = tokens[rows], labels[rows]
        index: "f32[64, 64]" = torch.ops.aten.index.Tensor(tokens, [slice_1]);  tokens = None
        index_1: "i64[64]" = torch.ops.aten.index.Tensor(labels, [slice_1]);  labels = slice_1 = None

        # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        permute: "f32[64, 32]" = torch.ops.aten.permute.default(p_proj_weight, [1, 0]);  p_proj_weight = None
        addmm: "f32[64, 32]" = torch.ops.aten.addmm.default(p_proj_bias, index, permute);  p_proj_bias = index = permute = None

        # File: contrastive.py:13 in forward, code: h = torch.nn.functional.gelu(self.proj(batch))
        gelu: "f32[64, 32]" = torch.ops.aten.gelu.default(addmm);  addmm = None

        # File: contrastive.py:14 in forward, code: return h - self.centres[wanted]
        index_2: "f32[64, 32]" = torch.ops.aten.index.Tensor(p_centres, [index_1]);  p_centres = index_1 = None
        sub: "f32[64, 32]" = torch.ops.aten.sub.Tensor(gelu, index_2);  gelu = index_2 = None
        return (sub,)
