# SPDX-License-Identifier: BSD-3-Clause
"""The kernels of bench_rows beside PyTorch eager and torch.compile on the same card, in one run.

    python rows_pytorch.py BENCH_ROWS

Prints a table of milliseconds: ours; the bytes that must move at the bandwidth of a copy, and a copy of as many bytes,
each beside ours; PyTorch's eager and compiled form of the call; the fastest form of PyTorch's (for index_add also what
PyTorch's own rewrite makes of it) beside ours."""
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
    for form in (once, put):
        if not torch.equal(form(x, index, y), x.index_add(0, index, y)):
            print(f"{n}x{d} {k} {dtype}: PyTorch's forms differ from index_add", flush=True)
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
        add, gather, once = theirs["index_add"], theirs["gather"], theirs["index_add_once"]
        rewritten, drawn, whole = theirs["index_add_rewritten"][0], theirs["randperm"][0], theirs["pattern_add"][0]
        none = float("nan")
        for what, key, floor, eager, compiled, others in [
            ("gather checked", "gather_checked", "floor_gather_ms", gather[0], gather[2], [gather[1]]),
            ("gather", "gather", "floor_gather_ms", gather[0], gather[2], [gather[1]]),
            ("index_add one pass", "index_add_one_pass", "floor_add_ms", add[0], add[1], [rewritten]),
            ("the same in PyTorch", "index_add_one_pass", "floor_add_ms", once[0], once[1], []),
            ("index_add stores", "index_add_unique_store", "floor_add_ms", none, rewritten, []),
            ("index_add atomic", "index_add_atomic", "floor_add_ms", add[0], add[1], []),
            ("randperm", "randperm", None, drawn, none, []),
            ("pattern add", "pattern_add", "floor_add_ms", whole, none, []),
        ]:
            took = case[key + "_ms"]
            below = case[floor] if floor else none
            copy = case[floor.replace("floor", "copy")] if floor else none  # of as many bytes
            best = min(time for time in [eager, compiled, *others] if time == time)
            print(f"{shape:>24} {what:>20} {took:8.4f} {below:8.4f} {took / below:6.2f} {took / copy:6.2f} {eager:8.4f} {compiled:8.4f} {best / took:9.2f}", flush=True)


main()
