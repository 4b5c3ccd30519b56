# SPDX-License-Identifier: BSD-3-Clause
"""The kernels of bench_rows beside PyTorch eager and torch.compile on the same card, in one run.

    python rows_pytorch.py BENCH_ROWS [RECORDED.json]

Prints a table of milliseconds: ours, PyTorch's, their ratio and ours over the floor (the bytes that must move at the
measured copy bandwidth). RECORDED.json holds an earlier run of PyTorch, whose fastest form is shown too."""
import json
import subprocess
import sys

import torch
from triton.testing import do_bench


def median(fn):
    return do_bench(fn, warmup=10, rep=60, return_mode="median")


def add_once(x, index, y):
    """What the pattern set fxscope makes of x.index_add(0, index, y)."""
    aten, n = torch.ops.aten, x.shape[0]
    numbers = torch.arange(y.shape[0], dtype=torch.int32, device=x.device)
    inverse = aten._unsafe_index_put(aten.full([n], -1, dtype=torch.int32, device=x.device), [index], numbers)
    rows = aten._unsafe_index(y, [aten.clamp_min(inverse, 0)])
    return aten.where((inverse >= 0).view(-1, 1), x + rows, x)


def pytorch(n, d, k, dtype):
    x = torch.randn(n, d, device="cuda").to(dtype)
    y = torch.randn(k, d, device="cuda").to(dtype)
    index = torch.randperm(n, device="cuda")[:k]
    add = torch.compile(lambda x, i, y: x.index_add(0, i, y))
    gather = torch.compile(lambda x, i: x[i])
    put = torch.compile(lambda x, i, y: torch.ops.aten._unsafe_index_put(x, [i], torch.ops.aten._unsafe_index(x, [i]) + y))
    once = torch.compile(add_once)
    assert torch.equal(once(x, index, y), x.index_add(0, index, y))
    out = {
        "gather": [median(lambda: x[index]), median(lambda: torch.index_select(x, 0, index)), median(lambda: gather(x, index))],
        "index_add": [median(lambda: x.index_add(0, index, y)), median(lambda: add(x, index, y))],
        "index_add_rewritten": [median(lambda: put(x, index, y))],
        "index_add_once": [median(lambda: add_once(x, index, y)), median(lambda: once(x, index, y))],
        "randperm": [median(lambda: torch.randperm(n, device="cuda"))],
        "pattern_add": [median(lambda: x.index_add(0, torch.randperm(n, device="cuda")[:k], y))],
    }
    torch._dynamo.reset()
    return out


def main():
    ours = json.loads(subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout)
    print(f"{ours['device']}, copy {ours['copy_gbs']:.0f} GB/s, PyTorch {torch.__version__}; milliseconds, medians, L2 cold")
    print(f"{'shape':>24} {'what':>20} {'ours':>8} {'floor':>8} {'/floor':>6} {'/copy':>6} {'eager':>8} {'compiled':>8} {'best/ours':>9}")
    for case in ours["cases"]:
        dtype = getattr(torch, case["dtype"])
        theirs = pytorch(case["rows"], case["columns"], case["kept"], dtype)
        shape = f"{case['rows']}x{case['columns']} {case['kept']} {case['dtype'].replace('float', 'f')}"
        for what, key, floor, forms in [
            ("gather checked", "gather_checked", "floor_gather_ms", theirs["gather"]),
            ("gather", "gather", "floor_gather_ms", theirs["gather"]),
            ("index_add one pass", "index_add_one_pass", "floor_add_ms", theirs["index_add"] + theirs["index_add_rewritten"]),
            ("the same in PyTorch", "index_add_one_pass", "floor_add_ms", theirs["index_add_once"]),
            ("index_add stores", "index_add_unique_store", "floor_add_ms", theirs["index_add_rewritten"]),
            ("index_add atomic", "index_add_atomic", "floor_add_ms", theirs["index_add"]),
            ("randperm", "randperm", None, theirs["randperm"]),
            ("pattern add", "pattern_add", "floor_add_ms", theirs["pattern_add"]),
        ]:
            took = case[key + "_ms"]
            below = case[floor] if floor else float("nan")
            copy = case[floor.replace("floor", "copy")] if floor else float("nan")  # of as many bytes
            print(f"{shape:>24} {what:>20} {took:8.4f} {below:8.4f} {took / below:6.2f} {took / copy:6.2f} {forms[0]:8.4f} {forms[-1]:8.4f} {min(forms) / took:9.2f}", flush=True)


main()
