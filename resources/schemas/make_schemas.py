#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes aten_schemas.txt and random_ops.txt beside this script from the installed PyTorch.

aten_schemas.txt: every registered operator schema, one a line, sorted. random_ops.txt: the operators that PyTorch tags as
drawing from a seeded generator. Usage: python resources/schemas/make_schemas.py [FOLDER]

Some operators are registered by modules that `import torch` does not load: they are imported here. The two triton:: ones
are registered only where Triton is installed and finds a GPU; without it the table lacks those two lines.
"""
import importlib
import pathlib
import sys

import torch

NAMESPACES = ("aten", "prims")
MODULES = (
    "torch._inductor.compile_fx",
    "torch._inductor.inductor_prims",
    "torch._inductor.test_operators",
    "torch.ao.quantization.fx._decomposed",
    "torch.distributed._functional_collectives",
    "torch.distributed.fsdp._fully_shard._fsdp_collectives",
    "torch.distributed.tensor",
    "torch.nn.attention.flex_attention",
    "torch.sparse._triton_ops",
)


def schemas():
    return sorted({str(schema) for schema in torch._C._jit_get_all_schemas()})


def random_operators():
    names = []
    for namespace in NAMESPACES:
        for full in torch._C._dispatch_get_all_op_names():
            if not full.startswith(namespace + "::"):
                continue
            packet, _, overload = full[len(namespace) + 2:].partition(".")
            operator = getattr(getattr(getattr(torch.ops, namespace), packet), overload or "default")
            if torch.Tag.nondeterministic_seeded in operator.tags:
                names.append(str(operator))
    return sorted(f"torch.ops.{name}" for name in names)


def main():
    for module in MODULES:
        importlib.import_module(module)
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    for name, lines in (("aten_schemas.txt", schemas()), ("random_ops.txt", random_operators())):
        (folder / name).write_text("\n".join(lines))
        print(f"{name}: {len(lines)} lines from PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
