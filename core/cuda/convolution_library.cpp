// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/convolution.h"
#include "core/cuda/optional_library.h"

#include <cudnn.h>

#include <map>
#include <mutex>

// Note [Convolutions by cuDNN]
// cuDNN knows one convolution, from a wide image to a narrow one, and its gradients. A transposed convolution is the
// gradient of the wide image, and its own gradient is the plain convolution. Rows are images of height 1.
// Float32 is computed without TF32 (FMA_MATH) unless it is asked for; half types use tensor cores with sums in float.

namespace fxscope::cuda {
namespace {

/// cuDNN's functions.
struct Dnn {
#define FX_DNN_FUNCTIONS(f)                                                                                            \
    f(Create) f(SetStream) f(CreateTensorDescriptor) f(DestroyTensorDescriptor) f(SetTensorNdDescriptor)               \
        f(CreateFilterDescriptor) f(DestroyFilterDescriptor) f(SetFilterNdDescriptor) f(CreateConvolutionDescriptor)   \
            f(DestroyConvolutionDescriptor) f(SetConvolutionNdDescriptor) f(SetConvolutionGroupCount)                  \
                f(SetConvolutionMathType) f(GetConvolutionForwardAlgorithm_v7)                                         \
                    f(GetConvolutionBackwardDataAlgorithm_v7) f(GetConvolutionBackwardFilterAlgorithm_v7)              \
                        f(ConvolutionForward) f(ConvolutionBackwardData) f(ConvolutionBackwardFilter)                  \
                            f(ConvolutionBackwardBias)
#define FX_DNN_MEMBER(name) decltype(cudnn##name)* name;
    FX_DNN_FUNCTIONS(FX_DNN_MEMBER)
#undef FX_DNN_MEMBER
};

Result<Dnn> loadDnn() {
    FX_TRY(const Library library, openOptional({"libcudnn.so.9", "libcudnn.so"}));
    Dnn d{};
#define FX_DNN_LOAD(name)                                                                                              \
    { FX_TRY(d.name, library.function<decltype(cudnn##name)>("cudnn" #name)); }
    FX_DNN_FUNCTIONS(FX_DNN_LOAD)
#undef FX_DNN_LOAD
#undef FX_DNN_FUNCTIONS
    return d;
}

const Dnn* dnn() {
    static const Result<Dnn> loaded = loadDnn();
    return loaded.ok() ? &*loaded : nullptr;
}

enum class Step : int { Forward, InputGradient, WeightGradient };

/// The algorithm of a shape, found once.
struct Algorithm {
    int number = 0;
    size_t workspace = 0;
    cudnnMathType_t math = CUDNN_DEFAULT_MATH;
};

struct Session {
    cudnnHandle_t handle = nullptr;
    std::map<std::vector<int64_t>, std::optional<Algorithm>> algorithms;
};

Session* sessionOf(const Dnn& dnn, const CudaDevice& device) {
    static auto& sessions = *new std::map<const CudaDevice*, Session>;
    Session& session = sessions[&device];
    if (session.handle)
        return &session;
    if (dnn.Create(&session.handle) != CUDNN_STATUS_SUCCESS ||
        dnn.SetStream(session.handle, device.stream()) != CUDNN_STATUS_SUCCESS) {
        session.handle = nullptr;
        return nullptr;
    }
    return &session;
}

std::optional<cudnnDataType_t> dataType(DType dtype) {
    switch (dtype) {
    case DType::Float64: return CUDNN_DATA_DOUBLE;
    case DType::Float32: return CUDNN_DATA_FLOAT;
    case DType::Float16: return CUDNN_DATA_HALF;
    case DType::BFloat16: return CUDNN_DATA_BFLOAT16;
    default: return std::nullopt;
    }
}

bool isHalf(cudnnDataType_t type) { return type == CUDNN_DATA_HALF || type == CUDNN_DATA_BFLOAT16; }

/// Sizes as cuDNN takes them, at least 4. Nothing: one is too large.
std::optional<std::vector<int>> intsOf(Sizes sizes) {
    if (sizes.size() == 3)
        sizes.insert(sizes.begin() + 2, 1);
    std::vector<int> ints;
    for (const int64_t size : sizes) {
        if (size > INT32_MAX)
            return std::nullopt;
        ints.push_back(static_cast<int>(size));
    }
    return ints;
}

/// A convolution from row-major `wide` to row-major `narrow` images by a row-major filter; the step says which of them
/// is written.
struct Images {
    Tensor wide, narrow, filter;
    ConvShape shape;
};

/// cuDNN's descriptions of a call, given back at its end.
class Descriptors {
public:
    explicit Descriptors(const Dnn& dnn) : m_dnn(dnn) {}
    ~Descriptors() {
        if (wide)
            m_dnn.DestroyTensorDescriptor(wide);
        if (narrow)
            m_dnn.DestroyTensorDescriptor(narrow);
        if (filter)
            m_dnn.DestroyFilterDescriptor(filter);
        if (convolution)
            m_dnn.DestroyConvolutionDescriptor(convolution);
    }
    Descriptors(const Descriptors&) = delete;
    Descriptors& operator=(const Descriptors&) = delete;

    bool tensor(cudnnTensorDescriptor_t& of, cudnnDataType_t type, const Sizes& sizes) {
        const auto dims = intsOf(sizes);
        if (!dims || m_dnn.CreateTensorDescriptor(&of) != CUDNN_STATUS_SUCCESS)
            return false;
        const auto steps = intsOf(rowMajorStrides(Sizes(dims->begin(), dims->end())));
        return steps && m_dnn.SetTensorNdDescriptor(of, type, static_cast<int>(dims->size()), dims->data(),
                                                    steps->data()) == CUDNN_STATUS_SUCCESS;
    }
    bool describe(const Images& images, cudnnDataType_t type, cudnnMathType_t math) {
        const auto dims = intsOf(images.filter.sizes());
        const size_t spatial = dims ? dims->size() - 2 : 0;
        std::vector<int> padding, stride, dilation;
        for (size_t i = 3 - spatial; i < 3; ++i) {
            const ConvAxis& axis = images.shape.axes[i];
            padding.push_back(static_cast<int>(axis.padding));
            stride.push_back(static_cast<int>(axis.stride));
            dilation.push_back(static_cast<int>(axis.dilation));
        }
        const cudnnDataType_t computing = type == CUDNN_DATA_DOUBLE ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT;
        return dims && tensor(wide, type, images.wide.sizes()) && tensor(narrow, type, images.narrow.sizes()) &&
               m_dnn.CreateFilterDescriptor(&filter) == CUDNN_STATUS_SUCCESS &&
               m_dnn.SetFilterNdDescriptor(filter, type, CUDNN_TENSOR_NCHW, static_cast<int>(dims->size()),
                                           dims->data()) == CUDNN_STATUS_SUCCESS &&
               m_dnn.CreateConvolutionDescriptor(&convolution) == CUDNN_STATUS_SUCCESS &&
               m_dnn.SetConvolutionNdDescriptor(convolution, static_cast<int>(spatial), padding.data(), stride.data(),
                                                dilation.data(), CUDNN_CROSS_CORRELATION,
                                                computing) == CUDNN_STATUS_SUCCESS &&
               m_dnn.SetConvolutionGroupCount(convolution, static_cast<int>(images.shape.groups)) ==
                   CUDNN_STATUS_SUCCESS &&
               m_dnn.SetConvolutionMathType(convolution, math) == CUDNN_STATUS_SUCCESS;
    }

    cudnnTensorDescriptor_t wide = nullptr, narrow = nullptr;
    cudnnFilterDescriptor_t filter = nullptr;
    cudnnConvolutionDescriptor_t convolution = nullptr;

private:
    const Dnn& m_dnn;
};

constexpr size_t kMostWorkspace = size_t(1) << 30;

/// The fastest that gives the same result every time, else the fastest.
template <class Perf> std::optional<Algorithm> best(const std::array<Perf, 8>& found, int count) {
    const auto fits = [](const Perf& p) { return p.status == CUDNN_STATUS_SUCCESS && p.memory <= kMostWorkspace; };
    for (const bool repeats : {true, false})
        for (int i = 0; i < std::min(count, 8); ++i)
            if (const Perf& p = found[static_cast<size_t>(i)];
                fits(p) && (!repeats || p.determinism == CUDNN_DETERMINISTIC))
                return Algorithm{static_cast<int>(p.algo), p.memory, p.mathType};
    return std::nullopt;
}

std::optional<Algorithm> search(const Dnn& dnn, cudnnHandle_t handle, const Descriptors& of, Step step) {
    int count = 0;
    if (step == Step::Forward) {
        std::array<cudnnConvolutionFwdAlgoPerf_t, 8> found{};
        const auto answer = dnn.GetConvolutionForwardAlgorithm_v7(handle, of.wide, of.filter, of.convolution, of.narrow,
                                                                  8, &count, found.data());
        return answer == CUDNN_STATUS_SUCCESS ? best(found, count) : std::nullopt;
    }
    if (step == Step::InputGradient) {
        std::array<cudnnConvolutionBwdDataAlgoPerf_t, 8> found{};
        const auto answer = dnn.GetConvolutionBackwardDataAlgorithm_v7(handle, of.filter, of.narrow, of.convolution,
                                                                       of.wide, 8, &count, found.data());
        return answer == CUDNN_STATUS_SUCCESS ? best(found, count) : std::nullopt;
    }
    std::array<cudnnConvolutionBwdFilterAlgoPerf_t, 8> found{};
    const auto answer = dnn.GetConvolutionBackwardFilterAlgorithm_v7(handle, of.wide, of.narrow, of.convolution,
                                                                     of.filter, 8, &count, found.data());
    return answer == CUDNN_STATUS_SUCCESS ? best(found, count) : std::nullopt;
}

/// What algorithms may use. The default lets float32 be TF32.
cudnnMathType_t mathOf(cudnnDataType_t type, const DeviceOptions& options) {
    if (isHalf(type))
        return CUDNN_TENSOR_OP_MATH;
    return options.tf32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH;
}

std::vector<int64_t> keyOf(const Images& images, cudnnDataType_t type, cudnnMathType_t math, Step step) {
    std::vector<int64_t> key{static_cast<int64_t>(step), type, math, images.shape.groups};
    for (const Tensor* x : {&images.wide, &images.narrow, &images.filter}) {
        key.push_back(static_cast<int64_t>(x->dim()));
        key.insert(key.end(), x->sizes().begin(), x->sizes().end());
    }
    for (const ConvAxis& axis : images.shape.axes)
        key.insert(key.end(), {axis.stride, axis.padding, axis.dilation});
    return key;
}

cudnnStatus_t start(const Dnn& dnn, cudnnHandle_t handle, const Descriptors& of, Step step, const Images& images,
                    const Algorithm& algorithm, void* workspace, const void* one, const void* zero) {
    const auto address = [](const Tensor& x) { return const_cast<std::byte*>(x.raw()); };
    if (step == Step::Forward)
        return dnn.ConvolutionForward(handle, one, of.wide, address(images.wide), of.filter, address(images.filter),
                                      of.convolution, static_cast<cudnnConvolutionFwdAlgo_t>(algorithm.number),
                                      workspace, algorithm.workspace, zero, of.narrow, address(images.narrow));
    if (step == Step::InputGradient)
        return dnn.ConvolutionBackwardData(handle, one, of.filter, address(images.filter), of.narrow,
                                           address(images.narrow), of.convolution,
                                           static_cast<cudnnConvolutionBwdDataAlgo_t>(algorithm.number), workspace,
                                           algorithm.workspace, zero, of.wide, address(images.wide));
    return dnn.ConvolutionBackwardFilter(handle, one, of.wide, address(images.wide), of.narrow, address(images.narrow),
                                         of.convolution, static_cast<cudnnConvolutionBwdFilterAlgo_t>(algorithm.number),
                                         workspace, algorithm.workspace, zero, of.filter, address(images.filter));
}

std::mutex& sessionMutex() {
    static std::mutex mutex;
    return mutex;
}

Result<bool> execute(CudaDevice& device, const Dnn& dnn, cudnnDataType_t type, Step step, const Images& images) {
    const std::lock_guard lock(sessionMutex());
    Session* session = sessionOf(dnn, device);
    Descriptors of(dnn);
    const cudnnMathType_t math = mathOf(type, device.options);
    if (!session || !of.describe(images, type, math))
        return false;
    const auto [entry, isNew] = session->algorithms.try_emplace(keyOf(images, type, math, step));
    if (isNew)
        entry->second = search(dnn, session->handle, of, step);
    if (!entry->second)
        return false;
    if (math != CUDNN_FMA_MATH &&
        dnn.SetConvolutionMathType(of.convolution, entry->second->math) != CUDNN_STATUS_SUCCESS)
        return false;
    FX_TRY(const auto workspace, device.pool().allocate(std::max<size_t>(entry->second->workspace, 1)));
    const float one = 1, zero = 0;
    const double wideOne = 1, wideZero = 0;
    const bool wide = type == CUDNN_DATA_DOUBLE;
    const cudnnStatus_t answer =
        start(dnn, session->handle, of, step, images, *entry->second, workspace->data(),
              wide ? static_cast<const void*>(&wideOne) : &one, wide ? static_cast<const void*>(&wideZero) : &zero);
    if (answer != CUDNN_STATUS_SUCCESS)
        entry->second.reset(); // not again
    return answer == CUDNN_STATUS_SUCCESS;
}

/// Whether the narrow images are what cuDNN computes from the wide ones: not with output paddings of a stride or more.
bool sizesFit(const Images& images) {
    const size_t rank = images.wide.dim(), spatial = rank - 2;
    for (size_t i = 0; i < spatial; ++i) {
        const ConvAxis& axis = images.shape.axes[3 - spatial + i];
        const int64_t room = images.wide.size(2 + i) + 2 * axis.padding - axis.dilation * (axis.kernel - 1) - 1;
        if (room < 0 || room / axis.stride + 1 != images.narrow.size(2 + i))
            return false;
    }
    return true;
}

/// Computes `written` of `images`, which is one of its tensors.
Result<bool> compute(CudaDevice& device, Step step, Images images, Tensor Images::*written) {
    const auto type = dataType(images.wide.dtype());
    const Dnn* const library = type ? dnn() : nullptr;
    if (!library || !sizesFit(images))
        return false;
    for (const Tensor* x : {&images.wide, &images.narrow, &images.filter})
        if (x->numel() == 0 || x->numel() > INT32_MAX)
            return false;
    const Tensor result = images.*written;
    for (Tensor Images::*one : {&Images::wide, &Images::narrow, &Images::filter})
        if (one != written) {
            FX_TRY(images.*one, contiguous(device, images.*one));
        } else if (!result.isContiguous()) {
            FX_TRY(images.*one, device.pool().empty(result.dtype(), result.sizes()));
        }
    FX_TRY(const bool done, execute(device, *library, *type, step, images));
    if (done && !result.isContiguous())
        FX_CHECK(device.copy(images.*written, result));
    return done;
}

} // namespace

Result<bool> convolveByLibrary(CudaDevice& device, const Tensor& y, const Tensor& x, const Tensor& w,
                               const ConvShape& shape) {
    if (shape.transposed)
        return compute(device, Step::InputGradient, {y, x, w, shape}, &Images::wide);
    return compute(device, Step::Forward, {x, y, w, shape}, &Images::narrow);
}

Result<bool> inputGradientByLibrary(CudaDevice& device, const Tensor& dx, const Tensor& g, const Tensor& w,
                                    const ConvShape& shape) {
    if (shape.transposed)
        return compute(device, Step::Forward, {g, dx, w, shape}, &Images::narrow);
    return compute(device, Step::InputGradient, {dx, g, w, shape}, &Images::wide);
}

Result<bool> weightGradientByLibrary(CudaDevice& device, const Tensor& dw, const Tensor& g, const Tensor& x,
                                     const ConvShape& shape) {
    if (shape.transposed)
        return compute(device, Step::WeightGradient, {g, x, dw, shape}, &Images::filter);
    return compute(device, Step::WeightGradient, {x, g, dw, shape}, &Images::filter);
}

Result<bool> biasGradientByLibrary(CudaDevice& device, const Tensor& db, const Tensor& gradient,
                                   const ConvShape& shape) {
    const auto type = dataType(gradient.dtype());
    const Dnn* const library = type ? dnn() : nullptr;
    if (!library || gradient.numel() == 0 || gradient.numel() > INT32_MAX || shape.spatial > 3)
        return false;
    FX_TRY(const Tensor g, contiguous(device, gradient));
    const std::lock_guard lock(sessionMutex());
    Session* session = sessionOf(*library, device);
    Descriptors of(*library);
    Sizes channels(g.dim(), 1);
    channels[1] = g.size(1);
    if (!session || !of.tensor(of.narrow, *type, g.sizes()) || !of.tensor(of.wide, *type, channels))
        return false;
    const float one = 1, zero = 0;
    const double wideOne = 1, wideZero = 0;
    const bool wide = *type == CUDNN_DATA_DOUBLE;
    return library->ConvolutionBackwardBias(session->handle, wide ? static_cast<const void*>(&wideOne) : &one,
                                            of.narrow, g.raw(), wide ? static_cast<const void*>(&wideZero) : &zero,
                                            of.wide, const_cast<std::byte*>(db.raw())) == CUDNN_STATUS_SUCCESS;
}

} // namespace fxscope::cuda
