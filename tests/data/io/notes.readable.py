class GraphModule(torch.nn.Module):
    def forward(self, p_linear_weight: "f32[4, 4]", p_linear_bias: "f32[4]", x: "f32[2, 4]", y: "f32[2, 4]"):
        # nn_module_stack: {'L__self__': ('', '__main__.Model'), 'L__self__linear': ('linear', 'torch.nn.modules.linear.Linear')}, stack_trace: File "model.py", line 13, in forward
            self.linear(x)
          File "torch/nn/modules/linear.py", line 134, in forward
            return F.linear(input, self.weight, self.bias), torch_fn: ('linear_1', 'builtin_function_or_method.linear') # File: torch/nn/modules/linear.py:134 in forward, code: return F.linear(input, self.weight, self.bias)
        linear: "f32[2, 4]" = torch.ops.aten.linear.default(x, p_linear_weight, p_linear_bias);  x = p_linear_weight = p_linear_bias = None

        # nn_module_stack: {'L__self__': ('', '__main__.Model')}, stack_trace: File "model.py", line 12, in forward
            return torch.nn.functional.gelu(, torch_fn: ('gelu_1', 'builtin_function_or_method.gelu') # File: model.py:12 in forward, code: return torch.nn.functional.gelu(
        gelu: "f32[2, 4]" = torch.ops.aten.gelu.default(linear);  linear = None

        # nn_module_stack: {'L__self__': ('', '__main__.Model')}, stack_trace: File "model.py", line 12, in forward
            return torch.nn.functional.gelu(, torch_fn: ('add_1', 'method_descriptor.add') # File: model.py:12 in forward, code: return torch.nn.functional.gelu(
        add: "f32[2, 4]" = torch.ops.aten.add.Tensor(gelu, y);  gelu = y = None
        return (add,)
