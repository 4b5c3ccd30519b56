# SPDX-License-Identifier: BSD-3-Clause
# Add into shuffled rows
# randperm_index_add: no row twice, so accumulating becomes read, add, store
class GraphModule(torch.nn.Module):
    def forward(self, p_norm_weight: "f32[64]", p_norm_bias: "f32[64]", p_fc_weight: "f32[64, 64]", p_fc_bias: "f32[64]", x: "f32[16, 64]"):
        # File: drop_path.py:16 in forward, code: return self.residual(self.residual(x, 12), 12)
        randperm: "i64[16]" = torch.ops.aten.randperm.default(16, device = device(type='cpu'), pin_memory = False)
        slice_1: "i64[12]" = torch.ops.aten.slice.Tensor(randperm, 0, 0, 12);  randperm = None

        # File: torch/nn/modules/normalization.py:229 in forward, code: return F.layer_norm(
        native_layer_norm = torch.ops.aten.native_layer_norm.default(x, [64], p_norm_weight, p_norm_bias, 1e-05)
        getitem: "f32[16, 64]" = native_layer_norm[0];  native_layer_norm = None

        # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        permute: "f32[64, 64]" = torch.ops.aten.permute.default(p_fc_weight, [1, 0])
        addmm: "f32[16, 64]" = torch.ops.aten.addmm.default(p_fc_bias, getitem, permute);  getitem = permute = None

        # File: drop_path.py:16 in forward, code: return self.residual(self.residual(x, 12), 12)
        slice_2: "f32[12, 64]" = torch.ops.aten.slice.Tensor(addmm, 0, 0, 12);  addmm = None
        relu: "f32[12, 64]" = torch.ops.aten.relu.default(slice_2);  slice_2 = None
        index_put: "f32[16, 64]" = torch.ops.aten.index_put.default(x, [slice_1], relu, True);  x = slice_1 = relu = None
        randperm_1: "i64[16]" = torch.ops.aten.randperm.default(16, device = device(type='cpu'), pin_memory = False)
        slice_3: "i64[12]" = torch.ops.aten.slice.Tensor(randperm_1, 0, 0, 12);  randperm_1 = None

        # File: torch/nn/modules/normalization.py:229 in forward, code: return F.layer_norm(
        native_layer_norm_1 = torch.ops.aten.native_layer_norm.default(index_put, [64], p_norm_weight, p_norm_bias, 1e-05);  p_norm_weight = p_norm_bias = None
        getitem_3: "f32[16, 64]" = native_layer_norm_1[0];  native_layer_norm_1 = None

        # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        permute_1: "f32[64, 64]" = torch.ops.aten.permute.default(p_fc_weight, [1, 0]);  p_fc_weight = None
        addmm_1: "f32[16, 64]" = torch.ops.aten.addmm.default(p_fc_bias, getitem_3, permute_1);  p_fc_bias = getitem_3 = permute_1 = None

        # File: drop_path.py:16 in forward, code: return self.residual(self.residual(x, 12), 12)
        slice_4: "f32[12, 64]" = torch.ops.aten.slice.Tensor(addmm_1, 0, 0, 12);  addmm_1 = None
        relu_1: "f32[12, 64]" = torch.ops.aten.relu.default(slice_4);  slice_4 = None
        index_put_1: "f32[16, 64]" = torch.ops.aten.index_put.default(index_put, [slice_3], relu_1, True);  index_put = slice_3 = relu_1 = None
        return (index_put_1,)
