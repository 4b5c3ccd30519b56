// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/hash.h"

#include "core/support/text.h"

namespace fxscope {

void Hash::add(const Argument& argument, const NodeHash& node) {
    using Kind = Argument::Kind;
    add(static_cast<uint64_t>(argument.kind()));
    switch (argument.kind()) {
    case Kind::None:
    case Kind::Ellipsis: break;
    case Kind::Bool: add(argument.asBool() ? 1u : 0u); break;
    case Kind::Int: add(static_cast<uint64_t>(argument.asInt())); break;
    case Kind::Float: add(reprFloat(argument.asFloat())); break;
    case Kind::Complex: add(reprFloat(argument.asComplex().real())), add(reprFloat(argument.asComplex().imag())); break;
    case Kind::String: add(argument.asString()); break;
    case Kind::Node: add(node(argument.asNode())); break;
    case Kind::Sym: add(argument.asSym().str()); break;
    case Kind::DType: add(static_cast<uint64_t>(argument.asDType())); break;
    case Kind::Device: add(argument.asDevice().str()); break;
    case Kind::Layout: add(static_cast<uint64_t>(argument.asLayout())); break;
    case Kind::MemoryFormat: add(static_cast<uint64_t>(argument.asMemoryFormat())); break;
    case Kind::List:
    case Kind::Tuple:
    case Kind::Slice:
        add(argument.items().size());
        for (const Argument& item : argument.items())
            add(item, node);
        break;
    case Kind::Dict:
        for (const Kwarg& item : argument.dict())
            add(item.first), add(item.second, node);
        break;
    case Kind::Range:
        add(static_cast<uint64_t>(argument.asRange().start)), add(static_cast<uint64_t>(argument.asRange().stop));
        add(static_cast<uint64_t>(argument.asRange().step));
        break;
    case Kind::Operator: add(argument.asOperator()); break;
    case Kind::Opaque: add(argument.asOpaque()); break;
    }
}

} // namespace fxscope
