// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/check.h"
#include "core/cuda/optional_library.h"
#include "core/cuda/products.h"
#include "core/ops/operand.h"

#include <cublasLt.h>

#include <map>
#include <mutex>

// Note [Row-major products by a column-major library]
// The memory of a row-major matrix is that of its transpose in column-major order. out = a b is therefore computed as
// out^T = b^T a^T: the library's first operand is our b, its second our a, and its rows are our columns. A matrix whose
// rows lie side by side instead (a transposed one) is marked as transposed; one that is neither is copied.

namespace fxscope::cuda {
namespace {

/// cuBLASLt's functions.
struct Blas {
    decltype(cublasLtCreate)* create;
    decltype(cublasLtMatmul)* matmul;
    decltype(cublasLtMatmulAlgoGetHeuristic)* heuristic;
    decltype(cublasLtMatmulDescCreate)* descCreate;
    decltype(cublasLtMatmulDescDestroy)* descDestroy;
    decltype(cublasLtMatmulDescSetAttribute)* descSet;
    decltype(cublasLtMatrixLayoutCreate)* layoutCreate;
    decltype(cublasLtMatrixLayoutDestroy)* layoutDestroy;
    decltype(cublasLtMatrixLayoutSetAttribute)* layoutSet;
    decltype(cublasLtMatmulPreferenceCreate)* preferenceCreate;
    decltype(cublasLtMatmulPreferenceDestroy)* preferenceDestroy;
    decltype(cublasLtMatmulPreferenceSetAttribute)* preferenceSet;
};

Result<Blas> loadBlas() {
    FX_TRY(const Library library, openOptional({"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"}));
    Blas b{};
    FX_TRY(b.create, library.function<decltype(cublasLtCreate)>("cublasLtCreate"));
    FX_TRY(b.matmul, library.function<decltype(cublasLtMatmul)>("cublasLtMatmul"));
    FX_TRY(b.heuristic, library.function<decltype(cublasLtMatmulAlgoGetHeuristic)>("cublasLtMatmulAlgoGetHeuristic"));
    FX_TRY(b.descCreate, library.function<decltype(cublasLtMatmulDescCreate)>("cublasLtMatmulDescCreate"));
    FX_TRY(b.descDestroy, library.function<decltype(cublasLtMatmulDescDestroy)>("cublasLtMatmulDescDestroy"));
    FX_TRY(b.descSet, library.function<decltype(cublasLtMatmulDescSetAttribute)>("cublasLtMatmulDescSetAttribute"));
    FX_TRY(b.layoutCreate, library.function<decltype(cublasLtMatrixLayoutCreate)>("cublasLtMatrixLayoutCreate"));
    FX_TRY(b.layoutDestroy, library.function<decltype(cublasLtMatrixLayoutDestroy)>("cublasLtMatrixLayoutDestroy"));
    FX_TRY(b.layoutSet,
           library.function<decltype(cublasLtMatrixLayoutSetAttribute)>("cublasLtMatrixLayoutSetAttribute"));
    FX_TRY(b.preferenceCreate,
           library.function<decltype(cublasLtMatmulPreferenceCreate)>("cublasLtMatmulPreferenceCreate"));
    FX_TRY(b.preferenceDestroy,
           library.function<decltype(cublasLtMatmulPreferenceDestroy)>("cublasLtMatmulPreferenceDestroy"));
    FX_TRY(b.preferenceSet,
           library.function<decltype(cublasLtMatmulPreferenceSetAttribute)>("cublasLtMatmulPreferenceSetAttribute"));
    return b;
}

const Blas* blas() {
    static const Result<Blas> loaded = loadBlas();
    return loaded.ok() ? &*loaded : nullptr;
}

/// What is found out once per shape. No algorithm: the library takes no such product.
struct Plan {
    std::optional<cublasLtMatmulHeuristicResult_t> found;
};

/// The library's state of one device.
struct Session {
    cublasLtHandle_t handle = nullptr;
    std::map<std::vector<int64_t>, Plan> plans;
};

Session* sessionOf(const Blas& blas, const CudaDevice& device) {
    static auto& sessions = *new std::map<const CudaDevice*, Session>;
    Session& session = sessions[&device];
    if (!session.handle && blas.create(&session.handle) != CUBLAS_STATUS_SUCCESS)
        return nullptr;
    return &session;
}

/// A matrix as the library sees it: `transposed` if its rows lie side by side.
struct Operand {
    Tensor matrix;
    bool transposed = false;
    int64_t leading = 1; ///< elements from one row (or column) to the next
};

/// Where a matrix of [.., rows, columns] may be seen as it lies: one of its steps is 1, the other long enough.
std::optional<Operand> seen(const Tensor& x) {
    const int64_t rows = x.size(1), columns = x.size(2);
    const int64_t down = rows == 1 ? std::max<int64_t>(columns, x.strides()[1]) : x.strides()[1];
    if ((x.strides()[2] == 1 || columns == 1) && down >= std::max<int64_t>(columns, 1))
        return Operand{x, false, down};
    const int64_t across = columns == 1 ? std::max<int64_t>(rows, x.strides()[2]) : x.strides()[2];
    if ((x.strides()[1] == 1 || rows == 1) && across >= std::max<int64_t>(rows, 1))
        return Operand{x, true, across};
    return std::nullopt;
}

Result<Operand> operandOf(CudaDevice& device, const Tensor& x) {
    if (const auto as = seen(x))
        return *as;
    FX_TRY(const Tensor copy, contiguous(device, x));
    return Operand{copy, false, std::max<int64_t>(copy.size(2), 1)};
}

std::optional<cudaDataType> dataType(DType dtype) {
    switch (dtype) {
    case DType::Float64: return CUDA_R_64F;
    case DType::Float32: return CUDA_R_32F;
    case DType::Float16: return CUDA_R_16F;
    case DType::BFloat16: return CUDA_R_16BF;
    default: return std::nullopt;
    }
}

/// The largest power of two up to 256 that divides the address.
uint32_t alignmentOf(const void* address) {
    const auto bits = reinterpret_cast<uintptr_t>(address) | 256;
    return static_cast<uint32_t>(bits & (~bits + 1));
}

/// Objects of the library for one call, given back at its end. A null one was not made.
class Descriptors {
public:
    explicit Descriptors(const Blas& blas) : m_blas(blas) {}
    ~Descriptors() {
        for (const cublasLtMatrixLayout_t layout : layouts)
            if (layout)
                m_blas.layoutDestroy(layout);
        if (desc)
            m_blas.descDestroy(desc);
        if (preference)
            m_blas.preferenceDestroy(preference);
    }
    Descriptors(const Descriptors&) = delete;
    Descriptors& operator=(const Descriptors&) = delete;

    bool begin(bool wide, bool tf32) {
        const auto narrow = tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
        return m_blas.descCreate(&desc, wide ? CUBLAS_COMPUTE_64F : narrow, wide ? CUDA_R_64F : CUDA_R_32F) ==
                   CUBLAS_STATUS_SUCCESS &&
               m_blas.preferenceCreate(&preference) == CUBLAS_STATUS_SUCCESS;
    }
    template <class T> bool set(cublasLtMatmulDescAttributes_t name, const T& value) {
        return m_blas.descSet(desc, name, &value, sizeof value) == CUBLAS_STATUS_SUCCESS;
    }
    template <class T> bool prefer(cublasLtMatmulPreferenceAttributes_t name, const T& value) {
        return m_blas.preferenceSet(preference, name, &value, sizeof value) == CUBLAS_STATUS_SUCCESS;
    }
    /// The memory of `x` as one column-major matrix a batch.
    bool layout(size_t i, cudaDataType type, const Operand& x) {
        const auto height = static_cast<uint64_t>(x.matrix.size(x.transposed ? 1 : 2)),
                   width = static_cast<uint64_t>(x.matrix.size(x.transposed ? 2 : 1));
        if (m_blas.layoutCreate(&layouts[i], type, height, width, x.leading) != CUBLAS_STATUS_SUCCESS)
            return false;
        const auto count = static_cast<int32_t>(x.matrix.size(0));
        const int64_t step = count == 1 ? 0 : x.matrix.strides()[0];
        return m_blas.layoutSet(layouts[i], CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof count) ==
                   CUBLAS_STATUS_SUCCESS &&
               m_blas.layoutSet(layouts[i], CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &step, sizeof step) ==
                   CUBLAS_STATUS_SUCCESS;
    }

    cublasLtMatmulDesc_t desc = nullptr;
    cublasLtMatmulPreference_t preference = nullptr;
    std::array<cublasLtMatrixLayout_t, 4> layouts{}; ///< of the library's A, B, C and D

private:
    const Blas& m_blas;
};

/// One call: operands as the library takes them.
struct BlasCall {
    Operand a, b, added, out; ///< ours; `added` is `out` where nothing is added
    const void* bias = nullptr;
    double alpha = 1, beta = 0;
    cudaDataType operandType{}, outType{};
    bool wide = false, tf32 = false;
};

std::vector<int64_t> keyOf(const BlasCall& call) {
    std::vector<int64_t> key{call.operandType,       call.outType, call.bias ? 1 : 0,
                             call.beta == 0 ? 0 : 1, call.tf32,    call.bias ? int64_t(alignmentOf(call.bias)) : 0};
    for (const Operand* x : {&call.a, &call.b, &call.added, &call.out}) {
        key.insert(key.end(), x->matrix.sizes().begin(), x->matrix.sizes().end());
        key.insert(key.end(),
                   {x->transposed ? 1 : 0, x->leading, x->matrix.strides()[0], int64_t(alignmentOf(x->matrix.raw()))});
    }
    return key;
}

bool describe(Descriptors& of, const BlasCall& call) {
    const auto transposition = [](const Operand& x) { return int32_t(x.transposed ? CUBLAS_OP_T : CUBLAS_OP_N); };
    bool made = of.begin(call.wide, call.tf32) && of.set(CUBLASLT_MATMUL_DESC_TRANSA, transposition(call.b)) &&
                of.set(CUBLASLT_MATMUL_DESC_TRANSB, transposition(call.a)) && of.layout(0, call.operandType, call.b) &&
                of.layout(1, call.operandType, call.a) && of.layout(2, call.outType, call.added) &&
                of.layout(3, call.outType, call.out);
    if (made && call.bias)
        made = of.set(CUBLASLT_MATMUL_DESC_EPILOGUE, uint32_t(CUBLASLT_EPILOGUE_BIAS)) &&
               of.set(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, int32_t(call.outType)) &&
               of.set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, call.bias);
    return made;
}

constexpr uint64_t kWorkspaceBytes = uint64_t(32) << 20;

/// Partial sums are added in the computing type only: half types would round them.
std::optional<cublasLtMatmulHeuristicResult_t> search(const Blas& blas, Session& session, Descriptors& of,
                                                      const BlasCall& call) {
    const bool preferred =
        of.prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, kWorkspaceBytes) &&
        of.prefer(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, uint32_t(CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE)) &&
        of.prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignmentOf(call.b.matrix.raw())) &&
        of.prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignmentOf(call.a.matrix.raw())) &&
        of.prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, alignmentOf(call.added.matrix.raw())) &&
        of.prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, alignmentOf(call.out.matrix.raw()));
    cublasLtMatmulHeuristicResult_t found{};
    int count = 0;
    if (!preferred ||
        blas.heuristic(session.handle, of.desc, of.layouts[0], of.layouts[1], of.layouts[2], of.layouts[3],
                       of.preference, 1, &found, &count) != CUBLAS_STATUS_SUCCESS ||
        count == 0 || found.state != CUBLAS_STATUS_SUCCESS)
        return std::nullopt;
    return found;
}

Result<bool> execute(CudaDevice& device, const Blas& blas, const BlasCall& call) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    Session* session = sessionOf(blas, device);
    Descriptors of(blas);
    if (!session || !describe(of, call))
        return false;
    const auto [entry, isNew] = session->plans.try_emplace(keyOf(call));
    if (isNew)
        entry->second.found = search(blas, *session, of, call);
    if (!entry->second.found)
        return false;
    const auto& plan = *entry->second.found;
    FX_TRY(const auto workspace, device.pool().allocate(plan.workspaceSize));
    const float alpha = static_cast<float>(call.alpha), beta = static_cast<float>(call.beta);
    const void* scales[] = {call.wide ? static_cast<const void*>(&call.alpha) : &alpha,
                            call.wide ? static_cast<const void*>(&call.beta) : &beta};
    const cublasStatus_t answer = blas.matmul(
        session->handle, of.desc, scales[0], call.b.matrix.raw(), of.layouts[0], call.a.matrix.raw(), of.layouts[1],
        scales[1], call.added.matrix.raw(), of.layouts[2], const_cast<std::byte*>(call.out.matrix.raw()), of.layouts[3],
        &plan.algo, plan.workspaceSize ? workspace->data() : nullptr, plan.workspaceSize, device.stream());
    if (answer != CUBLAS_STATUS_SUCCESS)
        entry->second.found.reset(); // not again
    return answer == CUBLAS_STATUS_SUCCESS;
}

/// One number for each column, which the library adds as it writes.
bool isBias(const Tensor& added, const Product& product) {
    const bool single = product.alpha.toDouble() == 1 && product.beta.toDouble() == 1;
    return single && added.strides()[0] == 0 && (added.strides()[1] == 0 || added.size(1) == 1) &&
           (added.strides()[2] == 1 || added.size(2) == 1) && alignmentOf(added.raw()) >= 16;
}

Result<Done> addWhatIsAdded(CudaDevice& device, const Product& product, BlasCall& call) {
    call.added = call.out;
    if (!product.added || product.beta.toDouble() == 0)
        return Done{};
    FX_TRY(const Tensor spread, expandTo(*product.added, product.out.sizes()));
    if (!call.wide && isBias(spread, product)) {
        call.bias = spread.raw();
        return Done{};
    }
    call.beta = product.beta.toDouble();
    const auto as = seen(spread);
    if (as && !as->transposed && (spread.size(0) == 1 || spread.strides()[0] > 0)) {
        call.added = *as;
        return Done{};
    }
    FX_TRY(const Tensor copy, contiguous(device, spread));
    call.added = {copy, false, copy.size(2)};
    return Done{};
}

} // namespace

Result<bool> multiplyByLibrary(CudaDevice& device, const Product& product) {
    const auto operands = dataType(product.a.dtype()), result = dataType(product.out.dtype());
    const Blas* const library = operands && result ? blas() : nullptr;
    const bool numbers = product.alpha.isNumber() && product.beta.isNumber();
    const bool widens = product.out.dtype() == DType::Float32 && product.a.dtype() != DType::Float64;
    if (!library || !numbers || !(product.a.dtype() == product.out.dtype() || widens))
        return false;
    if (product.out.numel() == 0 || product.a.size(2) == 0 || product.out.size(0) > INT32_MAX)
        return false;
    const auto out = seen(product.out);
    if (!out || out->transposed)
        return false;
    BlasCall call;
    call.operandType = *operands;
    call.outType = *result;
    call.wide = product.a.dtype() == DType::Float64;
    call.tf32 = device.options.tf32 && product.a.dtype() == DType::Float32;
    call.alpha = product.alpha.toDouble();
    FX_TRY(call.a, operandOf(device, product.a));
    FX_TRY(call.b, operandOf(device, product.b));
    call.out = *out;
    FX_CHECK(addWhatIsAdded(device, product, call));
    return execute(device, *library, call);
}

} // namespace fxscope::cuda
