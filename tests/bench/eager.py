# SPDX-License-Identifier: BSD-3-Clause
"""Times PyTorch eager and fxscope side by side on exported models.

    python eager.py FOLDER FXSCOPE [--threads 2] [--repeat 30]

FOLDER holds NAME.pt2 with NAME.inputs.safetensors (in0, in1, ...). Both run on the same number of threads, one after the
other for each model, after a warm-up, and the medians are printed with their ratio and the geometric mean of all.
Needs PyTorch and NumPy; the PyTorch side runs the module that torch.export.load gives, without gradients.
"""
import argparse
import json
import math
import os
import pathlib
import struct
import subprocess
import time
import warnings

import numpy as np

NUMPY_TYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32,
               "I16": np.int16, "I8": np.int8, "U8": np.uint8, "BOOL": np.bool_}
RECORDED_SEEDS = {"randperm_index_add": 2560, "stochastic_depth_vit": 107050}


def read_tensors(path, torch):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        array = np.frombuffer(data[8 + length + begin:8 + length + end], NUMPY_TYPES[entry["dtype"]])
        tensors[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return tensors


def eager_median(torch, path, inputs, repeat):
    program = torch.export.load(str(path))
    module = program.module()
    flat = [inputs[f"in{i}"] for i in range(len(inputs))]
    args, kwargs = torch.utils._pytree.tree_unflatten(flat, program.call_spec.in_spec)
    times = []
    with torch.no_grad():
        for _ in range(3):
            module(*args, **kwargs)
        for _ in range(repeat):
            begin = time.perf_counter()
            module(*args, **kwargs)
            times.append(time.perf_counter() - begin)
    return sorted(times)[len(times) // 2]


def fxscope_median(program, path, inputs, threads, repeat):
    command = [program, "run", str(path), "--inputs", str(inputs), "--repeat", str(repeat), "--json"]
    skip = RECORDED_SEEDS.get(path.name.split(".")[0])
    if skip is not None:
        command += ["--seed", "0", "--skip", str(skip)]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    answer = subprocess.run(command, capture_output=True, text=True, env=environment)
    if answer.returncode != 0:
        raise SystemExit(f"{path.name}: {answer.stderr.strip()}")
    return json.loads(answer.stdout)["totalNs"] / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("fxscope")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=30)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    import torch
    torch.set_num_threads(options.threads)

    print(f"PyTorch {torch.__version__} eager and fxscope, {options.threads} threads, medians of {options.repeat}")
    print(f"{'model':34}{'eager ms':>10}{'fxscope ms':>12}{'ratio':>8}")
    ratios = []
    for path in sorted(options.folder.glob("*.pt2")):
        if path.name.endswith(".train_ir.pt2"):
            continue
        inputs = path.with_name(path.name.removesuffix(".pt2") + ".inputs.safetensors")
        eager = eager_median(torch, path, read_tensors(inputs, torch), options.repeat)
        ours = fxscope_median(options.fxscope, path, inputs, options.threads, options.repeat)
        ratios.append(ours / eager)
        print(f"{path.name:34}{eager * 1e3:10.3f}{ours * 1e3:12.3f}{ratios[-1]:8.2f}", flush=True)
    print(f"geometric mean of the ratios {math.exp(sum(map(math.log, ratios)) / len(ratios)):.2f}")


if __name__ == "__main__":
    main()
