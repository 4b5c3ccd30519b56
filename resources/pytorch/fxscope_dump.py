# SPDX-License-Identifier: BSD-3-Clause
"""Writes FX graphs of your own program so that fxscope opens them: before and after your passes, with the sizes, strides
and devices of tensors, and on request with the value of every node.

    import fxscope_dump

    fxscope_dump.dump(gm, "dumps", "mine")                       # dumps/000_mine.py
    gm = fxscope_dump.around(my_pass, gm, "dumps", inputs=args)  # dumps/001_my_pass.before.py, .after.py

    torch._inductor.config.post_grad_custom_post_pass = fxscope_dump.dumped("dumps")(my_pass)

`inputs` fills in the metadata where a graph has none, and is written beside it (.inputs.safetensors, in0, in1 ...: what
`fxscope run --inputs` takes). With `values=True` the graph is run on them, and .values.safetensors holds every tensor by
the name of its node, .outputs.safetensors the results as out0, out1 ... Needs PyTorch only; nothing is changed or kept.
"""

import functools
import itertools
import json
import os
import struct

import torch
from torch.utils import _pytree as pytree

_DTYPES = {
    torch.bool: "BOOL", torch.uint8: "U8", torch.int8: "I8", torch.int16: "I16", torch.int32: "I32",
    torch.int64: "I64", torch.float16: "F16", torch.bfloat16: "BF16", torch.float32: "F32", torch.float64: "F64",
    torch.complex64: "C64",
}
for _name, _code in (("uint16", "U16"), ("uint32", "U32"), ("uint64", "U64"), ("float8_e4m3fn", "F8_E4M3"),
                     ("float8_e5m2", "F8_E5M2")):
    if hasattr(torch, _name):
        _DTYPES[getattr(torch, _name)] = _code

_counters = {}


def save_tensors(tensors, path):
    """Writes {name: tensor} as safetensors, row-major; tensors of dtypes that the form lacks are left out."""
    header, blobs, offset = {}, [], 0
    for name, tensor in tensors.items():
        if tensor.dtype not in _DTYPES or tensor.layout != torch.strided:
            continue
        plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous().clone()
        blob = bytes(plain.untyped_storage())[: plain.numel() * plain.element_size()]
        header[name] = {"dtype": _DTYPES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def _module_of(graph_or_module):
    if isinstance(graph_or_module, torch.fx.Graph):
        owner = graph_or_module.owning_module
        # A graph in the middle of a pass may differ from its module's: print the graph itself.
        module = torch.fx.GraphModule(owner if owner is not None else torch.nn.Module(), graph_or_module)
        graph_or_module.owning_module = owner  # GraphModule takes it; the pass that goes on needs its own
        return module
    return graph_or_module


def _has_metadata(module):
    return any("val" in node.meta or "tensor_meta" in node.meta or "example_value" in node.meta
               for node in module.graph.nodes if node.op not in ("output", "get_attr"))


class _Recorder(torch.fx.Interpreter):
    """Runs a graph; keeps the value and the metadata of every node."""

    def __init__(self, module):
        super().__init__(module, garbage_collect_values=False)
        self.tensors, self.metadata = {}, {}

    def run_node(self, node):
        value = super().run_node(node)
        self.metadata[node] = pytree.tree_map_only(
            torch.Tensor, lambda t: torch.empty_strided(t.shape, t.stride(), dtype=t.dtype, device="meta"), value)
        if node.op != "output":
            if isinstance(value, torch.Tensor):
                self.tensors[node.name] = value.detach().clone()
            elif isinstance(value, (tuple, list)):
                for index, item in enumerate(value):
                    if isinstance(item, torch.Tensor):
                        self.tensors[f"{node.name}.{index}"] = item.detach().clone()
        return value


def _flat_tensors(values, prefix):
    tensors = [value for value in pytree.tree_leaves(values) if isinstance(value, torch.Tensor)]
    return {f"{prefix}{index}": tensor for index, tensor in enumerate(tensors)}


def _run(module, inputs):
    copies = pytree.tree_map_only(torch.Tensor, lambda t: t.detach().clone(), tuple(inputs))
    recorder = _Recorder(module)
    state, cuda = torch.get_rng_state(), torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
    try:
        with torch.no_grad():
            outputs = recorder.run(*copies)
    finally:
        torch.set_rng_state(state)
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)
    return recorder, outputs


def _text_of(module, recorder=None):
    """Readable Python. Metadata that only a run knows is lent to the nodes while they are printed."""
    lent = []
    if recorder is not None and not _has_metadata(module):
        for node in module.graph.nodes:
            if isinstance(recorder.metadata.get(node), torch.Tensor):
                node.meta["val"] = recorder.metadata[node]
                lent.append(node)
    try:
        return module.print_readable(print_output=False, include_stride=True, include_device=not lent)
    finally:
        for node in lent:
            del node.meta["val"]


def _stem(folder, name):
    os.makedirs(folder, exist_ok=True)
    counter = _counters.setdefault(os.path.abspath(folder), itertools.count())
    safe = "".join(c if c.isalnum() or c in "._-" else "_" for c in name) or "graph"
    return os.path.join(folder, f"{next(counter):03d}_{safe}")


def _write(graph_or_module, stem, inputs, values):
    module = _module_of(graph_or_module)
    recorder = None
    if inputs is not None and (values or not _has_metadata(module)):
        recorder, outputs = _run(module, inputs)
        if values:
            save_tensors(recorder.tensors, stem + ".values.safetensors")
            save_tensors(_flat_tensors(outputs, "out"), stem + ".outputs.safetensors")
    if inputs is not None:
        save_tensors(_flat_tensors(tuple(inputs), "in"), stem + ".inputs.safetensors")
    with open(stem + ".py", "w", encoding="utf-8") as file:
        file.write(_text_of(module, recorder))
    return stem + ".py"


def dump(graph_or_module, folder, name="graph", inputs=None, values=False):
    """Writes one graph; returns the path of its text. `values` needs `inputs`, and runs the graph on copies of them."""
    return _write(graph_or_module, _stem(folder, name), inputs, values)


def around(function, graph_or_module, folder, name=None, inputs=None, values=False):
    """Calls a pass, with the graph written before and after it. Returns what the pass returns: a graph, a module, a
    PassResult, or anything else of a pass that changes the graph it is given."""
    stem = _stem(folder, name or getattr(function, "__name__", type(function).__name__))
    _write(graph_or_module, stem + ".before", inputs, values)
    result = function(graph_or_module)
    changed = getattr(result, "graph_module", result)
    if not isinstance(changed, (torch.fx.Graph, torch.fx.GraphModule)):
        changed = graph_or_module
    _write(changed, stem + ".after", inputs, values)
    return result


def dumped(folder, name=None):
    """A decorator for passes that others call, as Inductor calls those in its config."""

    def wrap(function):
        @functools.wraps(function)
        def wrapped(graph_or_module):
            return around(function, graph_or_module, folder, name)

        return wrapped

    return wrap
