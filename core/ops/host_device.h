// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Marks what host and device share; a CUDA compiler sees the attributes, others nothing.
#if defined(__CUDACC__)
#define FX_HD __host__ __device__
#else
#define FX_HD
#endif
