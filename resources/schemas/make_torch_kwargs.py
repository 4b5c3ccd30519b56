# SPDX-License-Identifier: BSD-3-Clause
"""Makes torch_kwargs.txt from a table of PyTorch's own signatures:

    python make_torch_kwargs.py torch_signatures.json > torch_kwargs.txt

The input maps a printed function name to its overloads, each a list of [parameter, kind, default]. A line of the output is
a function that PyTorch knows a signature of, a colon, and the NumPy keywords that stand for one of its parameters.
"""
import json
import sys

TORCH_TO_NUMPY = {"dim": ["axis"], "keepdim": ["keepdims"], "input": ["x", "a", "x1"], "other": ["x2"]}


def numpy_keywords(overloads):
    parameters = [parameter[0] for overload in overloads for parameter in overload]
    found = []
    for parameter in parameters:
        found += [word for word in TORCH_TO_NUMPY.get(parameter, []) if word not in found]
    return found


def main():
    with open(sys.argv[1]) as file:
        table = json.load(file)
    print("# PyTorch 2.11.0: functions with a signature, and the NumPy keywords they take. Made by make_torch_kwargs.py.")
    for name in sorted(table):
        print(" ".join([name + ":", *numpy_keywords(table[name]["overloads"])]))


main()
