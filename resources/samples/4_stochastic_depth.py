# SPDX-License-Identifier: BSD-3-Clause
# Stochastic depth, two blocks
# Gathers and index_adds of two residual blocks, both index rules at once
class GraphModule(torch.nn.Module):
    def forward(self, p_blocks_0_norm_weight: "f32[64]", p_blocks_0_norm_bias: "f32[64]", p_blocks_0_mlp_0_weight: "f32[128, 64]", p_blocks_0_mlp_0_bias: "f32[128]", p_blocks_0_mlp_2_weight: "f32[64, 128]", p_blocks_0_mlp_2_bias: "f32[64]", p_blocks_1_norm_weight: "f32[64]", p_blocks_1_norm_bias: "f32[64]", p_blocks_1_mlp_0_weight: "f32[128, 64]", p_blocks_1_mlp_0_bias: "f32[128]", p_blocks_1_mlp_2_weight: "f32[64, 128]", p_blocks_1_mlp_2_bias: "f32[64]", p_head_weight: "f32[10, 64]", p_head_bias: "f32[10]", x: "f32[32, 64]"):
        # File: train.py:12 in forward, code: rows = torch.randperm(x.shape[0])[:keep]
        randperm: "i64[32]" = torch.ops.aten.randperm.default(32, device = device(type='cpu'), pin_memory = False)
        slice_1: "i64[24]" = torch.ops.aten.slice.Tensor(randperm, 0, 0, 24);  randperm = None

        # File: train.py:13 in forward, code: branch = self.mlp(self.norm(x[rows]))
        index: "f32[24, 64]" = torch.ops.aten.index.Tensor(x, [slice_1])

        # File: torch/nn/modules/normalization.py:229 in forward, code: return F.layer_norm(
        native_layer_norm = torch.ops.aten.native_layer_norm.default(index, [64], p_blocks_0_norm_weight, p_blocks_0_norm_bias, 1e-05);  index = p_blocks_0_norm_weight = p_blocks_0_norm_bias = None
        getitem: "f32[24, 64]" = native_layer_norm[0];  native_layer_norm = None

        # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        permute: "f32[64, 128]" = torch.ops.aten.permute.default(p_blocks_0_mlp_0_weight, [1, 0]);  p_blocks_0_mlp_0_weight = None
        addmm: "f32[24, 128]" = torch.ops.aten.addmm.default(p_blocks_0_mlp_0_bias, getitem, permute);  p_blocks_0_mlp_0_bias = getitem = permute = None

        # File: torch/nn/modules/activation.py:816 in forward, code: return F.gelu(input, approximate=self.approximate)
        gelu: "f32[24, 128]" = torch.ops.aten.gelu.default(addmm);  addmm = None

        # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        permute_1: "f32[128, 64]" = torch.ops.aten.permute.default(p_blocks_0_mlp_2_weight, [1, 0]);  p_blocks_0_mlp_2_weight = None
        addmm_1: "f32[24, 64]" = torch.ops.aten.addmm.default(p_blocks_0_mlp_2_bias, gelu, permute_1);  p_blocks_0_mlp_2_bias = gelu = permute_1 = None

        # File: train.py:14 in forward, code: return torch.index_add(x, 0, rows, branch, alpha=x.shape[0] / keep)
        mul: "f32[24, 64]" = torch.ops.aten.mul.Tensor(addmm_1, 1.3333333333333333);  addmm_1 = None
        index_put: "f32[32, 64]" = torch.ops.aten.index_put.default(x, [slice_1], mul, True);  x = slice_1 = mul = None

        # File: train.py:12 in forward, code: rows = torch.randperm(x.shape[0])[:keep]
        randperm_1: "i64[32]" = torch.ops.aten.randperm.default(32, device = device(type='cpu'), pin_memory = False)
        slice_2: "i64[24]" = torch.ops.aten.slice.Tensor(randperm_1, 0, 0, 24);  randperm_1 = None

        # File: train.py:13 in forward, code: branch = self.mlp(self.norm(x[rows]))
        index_1: "f32[24, 64]" = torch.ops.aten.index.Tensor(index_put, [slice_2])

        # File: torch/nn/modules/normalization.py:229 in forward, code: return F.layer_norm(
        native_layer_norm_1 = torch.ops.aten.native_layer_norm.default(index_1, [64], p_blocks_1_norm_weight, p_blocks_1_norm_bias, 1e-05);  index_1 = p_blocks_1_norm_weight = p_blocks_1_norm_bias = None
        getitem_3: "f32[24, 64]" = native_layer_norm_1[0];  native_layer_norm_1 = None

        # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        permute_2: "f32[64, 128]" = torch.ops.aten.permute.default(p_blocks_1_mlp_0_weight, [1, 0]);  p_blocks_1_mlp_0_weight = None
        addmm_2: "f32[24, 128]" = torch.ops.aten.addmm.default(p_blocks_1_mlp_0_bias, getitem_3, permute_2);  p_blocks_1_mlp_0_bias = getitem_3 = permute_2 = None

        # File: torch/nn/modules/activation.py:816 in forward, code: return F.gelu(input, approximate=self.approximate)
        gelu_1: "f32[24, 128]" = torch.ops.aten.gelu.default(addmm_2);  addmm_2 = None

        # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        permute_3: "f32[128, 64]" = torch.ops.aten.permute.default(p_blocks_1_mlp_2_weight, [1, 0]);  p_blocks_1_mlp_2_weight = None
        addmm_3: "f32[24, 64]" = torch.ops.aten.addmm.default(p_blocks_1_mlp_2_bias, gelu_1, permute_3);  p_blocks_1_mlp_2_bias = gelu_1 = permute_3 = None

        # File: train.py:14 in forward, code: return torch.index_add(x, 0, rows, branch, alpha=x.shape[0] / keep)
        mul_1: "f32[24, 64]" = torch.ops.aten.mul.Tensor(addmm_3, 1.3333333333333333);  addmm_3 = None
        index_put_1: "f32[32, 64]" = torch.ops.aten.index_put.default(index_put, [slice_2], mul_1, True);  index_put = slice_2 = mul_1 = None

        # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        permute_4: "f32[64, 10]" = torch.ops.aten.permute.default(p_head_weight, [1, 0]);  p_head_weight = None
        addmm_4: "f32[32, 10]" = torch.ops.aten.addmm.default(p_head_bias, index_put_1, permute_4);  p_head_bias = index_put_1 = permute_4 = None
        return (addmm_4,)
