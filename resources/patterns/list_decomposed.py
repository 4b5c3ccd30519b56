# SPDX-License-Identifier: BSD-3-Clause
"""Writes decomposed.txt: the operators that PyTorch takes apart while it traces a pattern (run with PyTorch 2.11).

    python list_decomposed.py > decomposed.txt
"""
import torch
from torch._inductor.decomposition import select_decomp_table

names = {str(op) for op in select_decomp_table() if isinstance(op, torch._ops.OpOverload)}
for full in torch._C._dispatch_get_all_op_names():
    if full.startswith("aten::") and torch._C._dispatch_has_kernel_for_dispatch_key(full, "CompositeImplicitAutograd"):
        name, _, overload = full[len("aten::"):].partition(".")
        names.add(f"aten.{name}.{overload or 'default'}")


def is_variant(name):
    """Forms with an output argument, and those that patterns never call."""
    return any(word in name for word in (".out", "Dimname", "_foreach", ".names")) or name.endswith("_out")


for kind in ("aten.", "prims."):
    print("\n".join(sorted(name for name in names if name.startswith(kind) and not is_variant(name))))
