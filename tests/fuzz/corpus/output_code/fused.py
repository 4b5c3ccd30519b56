# AOT ID: ['0_forward']
# Topologically Sorted Source Nodes: [h, a], Original ATen: [aten.addmm, aten.relu]
# Source node to ATen node mapping:
#   h => addmm
# Graph fragment:
#   %buf0 : Tensor "f32[4, 8][8, 1]cpu" = PlaceHolder[target=buf0]
#   %addmm : Tensor "f32[4, 8][8, 1]cpu"[num_users=2] = call_function[target=torch.ops.aten.addmm.default](args = (%bias, %x, %weight), kwargs = {})
#   %var_mean : [num_users=2] = call_function[target=torch.ops.aten.var_mean.correction](args = (%addmm, [1]), kwargs = {correction: 0})
#   %relu : Tensor "f32[4, 8][8, 1]cpu"[num_users=1] = call_function[target=torch.ops.aten.relu.default](args = (%addmm,), kwargs = {})
#   return %relu,%buf0
triton_poi_fused_addmm_relu_0 = async_compile.triton('triton_poi_fused_addmm_relu_0', '''
'''
''')
