# SPDX-License-Identifier: BSD-3-Clause
"""Whole exported programs on a card: fxscope (node by node, and replayed as one CUDA graph) beside PyTorch eager,
torch.compile and torch.compile with CUDA graphs, in one run.

    python models_pytorch.py FXSCOPE MODEL.pt2...        MODEL.inputs.safetensors lies beside each

Milliseconds, medians, each time with an overwritten L2 cache but for the nodes one by one. That results are right is
checked elsewhere (fxscope run --expect)."""
import json
import os
import subprocess
import sys

import torch
from safetensors.torch import load_file
from torch.export.passes import move_to_device_pass
from torch.utils._pytree import tree_unflatten
from triton.testing import do_bench


def ours(program, path, *options):
    base = path.removesuffix(".pt2").removesuffix(".train_ir")
    command = [program, "bench", path, "--device", "cuda", "--repeat", "20", "--json", "--inputs", base + ".inputs.safetensors", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout.startswith("{") else {"error": (done.stderr or done.stdout)[-300:]}


def theirs(path):
    base = path.removesuffix(".pt2").removesuffix(".train_ir")
    program = torch.export.load(path)
    for node in list(program.graph.nodes):  # they name the device that the program was exported on
        if node.target is torch.ops.aten._assert_tensor_metadata.default:
            program.graph.erase_node(node)
    program.graph_module.recompile()
    module = move_to_device_pass(program, "cuda").module()
    inputs = load_file(base + ".inputs.safetensors", device="cuda")
    args, kwargs = tree_unflatten([inputs[f"in{i}"] for i in range(len(inputs))], program.call_spec.in_spec)
    with torch.no_grad():
        eager = do_bench(lambda: module(*args, **kwargs), warmup=20, rep=100, return_mode="median")
        compiled = torch.compile(module)
        compiled(*args, **kwargs)
        took = do_bench(lambda: compiled(*args, **kwargs), warmup=20, rep=100, return_mode="median")
        torch._dynamo.reset()
        graphs = torch.compile(module, mode="reduce-overhead")
        for _ in range(3):
            graphs(*args, **kwargs)
        recorded = do_bench(lambda: graphs(*args, **kwargs), warmup=20, rep=100, return_mode="median")
    torch._dynamo.reset()
    return eager, took, recorded


print(f"{'model':>24} {'one by one':>10} {'replayed':>9} {'eager':>8} {'compiled':>9} {'graphs':>8}   eager, compiled, graphs / replayed; remarks")
for path in sys.argv[2:]:
    name = os.path.basename(path).removesuffix(".pt2")
    plain, fused = ours(sys.argv[1], path, "--no-fuse", "--no-replay"), ours(sys.argv[1], path)
    if "error" in plain or "error" in fused:
        print(f"{name:>24} {plain.get('error') or fused.get('error')}", flush=True)
        continue
    try:
        times = theirs(path)
    except Exception as error:  # a model that PyTorch does not move or compile is told of, the others go on
        print(f"{name:>24} PyTorch: {str(error)[:160]}", flush=True)
        times = [float("nan")] * 3
    replayed = fused["cold"]["medianNs"] / 1e6
    ratios = ", ".join(f"{time / replayed:.2f}" for time in times)
    print(
        f"{name:>24} {plain['warm']['medianNs'] / 1e6:10.3f} {replayed:9.3f} {times[0]:8.3f} {times[1]:9.3f} {times[2]:8.3f}   {ratios}"
        f"{'' if fused['replayed'] else ' (not replayed)'}; {'; '.join(fused['remarks'])}",
        flush=True,
    )
