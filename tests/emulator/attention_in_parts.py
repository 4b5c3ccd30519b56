class GraphModule(torch.nn.Module):
    def forward(self, q: "f32[1, 2, 48, 8]", k: "f32[1, 2, 16384, 8]", v: "f32[1, 2, 16384, 4]", m: "f32[1, 1, 48, 16384]"):
        a: "f32[1, 2, 48, 4]" = torch.ops.aten.scaled_dot_product_attention.default(q, k, v)
        b: "f32[1, 2, 48, 4]" = torch.ops.aten.scaled_dot_product_attention.default(q, k, v, m)
        c: "f32[1, 2, 48, 4]" = torch.ops.aten.scaled_dot_product_attention.default(q, k, v, None, 0.0, True)
        return (a, b, c)
