# SPDX-License-Identifier: BSD-3-Clause
"""Writes what PyTorch makes of a folder of pattern files: their printed forms and what their rewrites give.

    python record_patterns.py resources/patterns/inductor-2.11 tests/data      (run with PyTorch 2.11)

patterns_<set>.txt: the printed pattern of every file. rewrites_<set>.txt: per example how often the pattern, registered
by register_replacement, was applied to the graph that it traces to with these inputs; if it was, that graph before and
after. cases_<set>.txt: the same of each program in cases_<set>.py, with the texts of its inputs.
"""
import pathlib
import re
import sys

import torch
from torch._inductor.pattern_matcher import (
    PatternMatcherPass,
    PatternPrettyPrinter,
    fwd_only,
    gen_pattern_and_search_gm,
    register_replacement,
    stable_topological_sort,
)
from torch._subclasses.fake_tensor import FakeTensorMode

DTYPES = dict(
    f16=torch.float16, bf16=torch.bfloat16, f32=torch.float32, f64=torch.float64, i32=torch.int32, i64=torch.int64,
    b8=torch.bool, c64=torch.complex64,
)


def value_of(text, requires_grad=False):
    """The tensor that "f32[4, 8]" describes; a number stands for itself."""
    if not isinstance(text, str):
        return text
    dtype, sizes, device = re.fullmatch(r"(\w+)\[([\d, ]*)\](\w*)", text).groups()
    sizes = [int(size) for size in sizes.split(",") if size.strip()]
    differentiable = requires_grad and DTYPES[dtype].is_floating_point
    return torch.zeros(sizes, dtype=DTYPES[dtype], device=device or "cpu", requires_grad=differentiable)


class PatternFile:
    def __init__(self, path):
        self.scope = {}
        exec(compile(path.read_text(), str(path), "exec"), self.scope)
        self.name = path.stem
        self.order = self.scope.get("order", 1000)
        self.scalars = self.scope.get("scalar_workaround", {})
        code = self.scope["pattern"].__code__
        self.parameters = code.co_varnames[: code.co_argcount]
        grads = self.scope.get("requires_grad", ())
        self.inputs = [
            value_of(self.scope["inputs"][name], name in grads) for name in self.parameters if name not in self.scalars
        ]

    def printed(self):
        pattern, _ = gen_pattern_and_search_gm(
            self.scope["pattern"], self.inputs, fwd_only, self.scalars, self.scope.get("exclusive", ())
        )
        return PatternPrettyPrinter.run(pattern)

    def example_inputs(self, example):
        texts = {**self.scope["inputs"], **self.scalars, **example}
        return [value_of(texts[name]) for name in self.parameters]

    def rewritten(self, function, inputs):
        """(before, count, after) of a function traced with these inputs."""
        patterns = PatternMatcherPass()
        register_replacement(
            self.scope["pattern"], self.scope["replacement"], self.inputs, fwd_only, patterns,
            scalar_workaround=self.scalars, exclusive_arg_names=self.scope.get("exclusive", ()),
        )
        with FakeTensorMode() as mode:
            fakes = [mode.from_tensor(x) if isinstance(x, torch.Tensor) else x for x in inputs]
            module = fwd_only(function, fakes)
        before = str(module.graph)
        count = patterns.apply(module.graph)
        stable_topological_sort(module.graph)
        module.graph.eliminate_dead_code()
        return before, count, str(module.graph)


def write_rewrites(files, out):
    for file in files:
        for number, example in enumerate(file.scope["examples"]):
            before, count, after = file.rewritten(file.scope["pattern"], file.example_inputs(example))
            out.write(f"==== {file.name} {number} matches {count}\n")
            if count:
                out.write(f"{before}\n---- after\n{after}\n")


def write_cases(files, path, out):
    scope = {}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    for name, function in scope.items():
        if "__" not in name.strip("_"):
            continue
        file = next(file for file in files if file.name == name.split("__")[0])
        texts = list(function.__annotations__.values())
        before, count, after = file.rewritten(function, [value_of(text) for text in texts])
        out.write(f"==== {name} matches {count} {function.__doc__ or ''}\n")
        out.write(f"{'; '.join(texts)}\n---- before\n{before}\n---- after\n{after}\n")


def main(folder, target):
    folder, target = pathlib.Path(folder), pathlib.Path(target)
    files = sorted((PatternFile(path) for path in folder.glob("*.py")), key=lambda file: (file.order, file.name))
    with open(target / f"patterns_{folder.name}.txt", "w") as out:
        for file in files:
            out.write(f"==== {file.name}\n{file.printed()}\n")
    with open(target / f"rewrites_{folder.name}.txt", "w") as out:
        write_rewrites(files, out)
    with open(target / f"cases_{folder.name}.txt", "w") as out:
        write_cases(files, target / f"cases_{folder.name}.py", out)


if __name__ == "__main__":
    with torch.no_grad():
        main(*sys.argv[1:])
