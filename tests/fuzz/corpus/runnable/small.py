s53 = 4
import torch
class Repro(torch.nn.Module):
    def forward(self, x):
        y = torch.ops.aten.relu.default(x);  x = None
        return (y,)

def load_args(reader):
    buf0 = reader.storage(None, 32*s53, device=device(type='cuda', index=0), dtype_hint=torch.float16)
    reader.tensor(buf0, (s53, 8), (8, 1), dtype=torch.float16, storage_offset=2, is_leaf=True)  # x
    reader.symint(4)  # s
load_args._version = 0
mod = Repro()
