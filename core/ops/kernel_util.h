// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What an operator's file needs: arguments, sizes and strides, type promotion, dispatch over dtypes, loops.
#include "core/ops/args.h"
#include "core/ops/dispatch.h"
#include "core/ops/loop.h"
#include "core/ops/operand.h"
#include "core/ops/ops.h"
#include "core/ops/promote.h"
#include "core/ops/shapes.h"
