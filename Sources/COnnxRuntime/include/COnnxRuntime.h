// The part of ONNX Runtime's C ABI that this project calls.
//
// The library is opened at run time, and the wheel that carries it has no header. The ABI is a table of function pointers whose
// slots never move (a later release only appends), so each function here names its slot and its signature. The lowest
// version that has them all is asked for, so that any later library fits.
#ifndef C_ONNX_RUNTIME_H
#define C_ONNX_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#ifdef __linux__
#include <malloc.h>
#endif
#include <stdint.h>

#define JB_ORT_API_VERSION 11
// Slots of that version; the last is 209.
#define JB_ORT_SLOT_COUNT 210

typedef struct OrtStatus OrtStatus;
typedef struct OrtEnv OrtEnv;
typedef struct OrtThreadingOptions OrtThreadingOptions;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtValue OrtValue;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtArenaCfg OrtArenaCfg;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtModelMetadata OrtModelMetadata;

typedef struct OrtApi { void *slot[JB_ORT_SLOT_COUNT]; } OrtApi;
typedef struct OrtApiBase {
    const OrtApi *(*GetApi)(uint32_t version);
    const char *(*GetVersionString)(void);
} OrtApiBase;
typedef const OrtApiBase *(*OrtGetApiBaseFunction)(void);
typedef void (*OrtLogger)(void *, int, const char *, const char *, const char *, const char *);

_Static_assert(sizeof(OrtApi) == JB_ORT_SLOT_COUNT * sizeof(void *), "the table is packed");

// A slot that the version asked for may not have does not compile.
#define JB_SLOT(SLOT) ((SLOT) + 0 * sizeof(char[(SLOT) < JB_ORT_SLOT_COUNT ? 1 : -1]))
#define JB_CALL(SLOT, RESULT, TYPES, ...) (((RESULT (*) TYPES) api->slot[JB_SLOT(SLOT)])(__VA_ARGS__))
#define JB_API const OrtApi *api

static inline const OrtApiBase *jb_get_base(void *symbol) { return ((OrtGetApiBaseFunction)symbol)(); }
static inline const OrtApi *jb_get_api(const OrtApiBase *base, uint32_t version) { return base->GetApi(version); }
static inline const char *jb_get_version(const OrtApiBase *base) { return base->GetVersionString(); }

// Status
static inline int jb_GetErrorCode(JB_API, const OrtStatus *s) { return JB_CALL(1, int, (const OrtStatus *), s); }
static inline const char *jb_GetErrorMessage(JB_API, const OrtStatus *s) { return JB_CALL(2, const char *, (const OrtStatus *), s); }
static inline void jb_ReleaseStatus(JB_API, OrtStatus *s) { JB_CALL(93, void, (OrtStatus *), s); }

// Memory: mallopt is not in Swift's module of the C library, and other C libraries than GNU's have nothing of the kind.
static inline void jb_give_large_blocks_back(int bytes) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, bytes);
#endif
}

// Environment
static inline OrtStatus *jb_CreateThreadingOptions(JB_API, OrtThreadingOptions **out) { return JB_CALL(121, OrtStatus *, (OrtThreadingOptions **), out); }
static inline void jb_ReleaseThreadingOptions(JB_API, OrtThreadingOptions *o) { JB_CALL(122, void, (OrtThreadingOptions *), o); }
static inline OrtStatus *jb_SetGlobalIntraOpNumThreads(JB_API, OrtThreadingOptions *o, int n) { return JB_CALL(147, OrtStatus *, (OrtThreadingOptions *, int), o, n); }
static inline OrtStatus *jb_SetGlobalInterOpNumThreads(JB_API, OrtThreadingOptions *o, int n) { return JB_CALL(148, OrtStatus *, (OrtThreadingOptions *, int), o, n); }
static inline OrtStatus *jb_SetGlobalSpinControl(JB_API, OrtThreadingOptions *o, int n) { return JB_CALL(149, OrtStatus *, (OrtThreadingOptions *, int), o, n); }
static inline OrtStatus *jb_CreateEnv(JB_API, OrtLogger logger, void *parameter, int level, const char *id, const OrtThreadingOptions *o, OrtEnv **out) {
    return JB_CALL(151, OrtStatus *, (OrtLogger, void *, int, const char *, const OrtThreadingOptions *, OrtEnv **), logger, parameter, level, id, o, out);
}
static inline OrtStatus *jb_CreateArenaCfg(JB_API, size_t most, int extend, int initial, int dead, OrtArenaCfg **out) {
    return JB_CALL(156, OrtStatus *, (size_t, int, int, int, OrtArenaCfg **), most, extend, initial, dead, out);
}
static inline void jb_ReleaseArenaCfg(JB_API, OrtArenaCfg *c) { JB_CALL(157, void, (OrtArenaCfg *), c); }
static inline OrtStatus *jb_CreateAndRegisterAllocator(JB_API, OrtEnv *e, const OrtMemoryInfo *m, const OrtArenaCfg *c) { return JB_CALL(144, OrtStatus *, (OrtEnv *, const OrtMemoryInfo *, const OrtArenaCfg *), e, m, c); }
static inline OrtStatus *jb_DisableTelemetryEvents(JB_API, const OrtEnv *e) { return JB_CALL(6, OrtStatus *, (const OrtEnv *), e); }

// Session options
static inline OrtStatus *jb_CreateSessionOptions(JB_API, OrtSessionOptions **out) { return JB_CALL(10, OrtStatus *, (OrtSessionOptions **), out); }
static inline void jb_ReleaseSessionOptions(JB_API, OrtSessionOptions *o) { JB_CALL(100, void, (OrtSessionOptions *), o); }
static inline OrtStatus *jb_DisablePerSessionThreads(JB_API, OrtSessionOptions *o) { return JB_CALL(120, OrtStatus *, (OrtSessionOptions *), o); }
static inline OrtStatus *jb_SetIntraOpNumThreads(JB_API, OrtSessionOptions *o, int n) { return JB_CALL(24, OrtStatus *, (OrtSessionOptions *, int), o, n); }
static inline OrtStatus *jb_DisableMemPattern(JB_API, OrtSessionOptions *o) { return JB_CALL(17, OrtStatus *, (OrtSessionOptions *), o); }
static inline OrtStatus *jb_DisableCpuMemArena(JB_API, OrtSessionOptions *o) { return JB_CALL(19, OrtStatus *, (OrtSessionOptions *), o); }
static inline OrtStatus *jb_SetGraphOptimizationLevel(JB_API, OrtSessionOptions *o, int level) { return JB_CALL(23, OrtStatus *, (OrtSessionOptions *, int), o, level); }
static inline OrtStatus *jb_AddSessionConfigEntry(JB_API, OrtSessionOptions *o, const char *k, const char *v) { return JB_CALL(130, OrtStatus *, (OrtSessionOptions *, const char *, const char *), o, k, v); }

// Session
static inline OrtStatus *jb_CreateSession(JB_API, const OrtEnv *e, const char *path, const OrtSessionOptions *o, OrtSession **out) { return JB_CALL(7, OrtStatus *, (const OrtEnv *, const char *, const OrtSessionOptions *, OrtSession **), e, path, o, out); }
static inline OrtStatus *jb_CreateSessionFromArray(JB_API, const OrtEnv *e, const void *data, size_t n, const OrtSessionOptions *o, OrtSession **out) { return JB_CALL(8, OrtStatus *, (const OrtEnv *, const void *, size_t, const OrtSessionOptions *, OrtSession **), e, data, n, o, out); }
static inline void jb_ReleaseSession(JB_API, OrtSession *s) { JB_CALL(95, void, (OrtSession *), s); }
static inline OrtStatus *jb_SessionGetInputCount(JB_API, const OrtSession *s, size_t *out) { return JB_CALL(30, OrtStatus *, (const OrtSession *, size_t *), s, out); }
static inline OrtStatus *jb_SessionGetOutputCount(JB_API, const OrtSession *s, size_t *out) { return JB_CALL(31, OrtStatus *, (const OrtSession *, size_t *), s, out); }
static inline OrtStatus *jb_SessionGetInputTypeInfo(JB_API, const OrtSession *s, size_t i, OrtTypeInfo **out) { return JB_CALL(33, OrtStatus *, (const OrtSession *, size_t, OrtTypeInfo **), s, i, out); }
static inline OrtStatus *jb_SessionGetOutputTypeInfo(JB_API, const OrtSession *s, size_t i, OrtTypeInfo **out) { return JB_CALL(34, OrtStatus *, (const OrtSession *, size_t, OrtTypeInfo **), s, i, out); }
static inline OrtStatus *jb_SessionGetInputName(JB_API, const OrtSession *s, size_t i, OrtAllocator *a, char **out) { return JB_CALL(36, OrtStatus *, (const OrtSession *, size_t, OrtAllocator *, char **), s, i, a, out); }
static inline OrtStatus *jb_SessionGetOutputName(JB_API, const OrtSession *s, size_t i, OrtAllocator *a, char **out) { return JB_CALL(37, OrtStatus *, (const OrtSession *, size_t, OrtAllocator *, char **), s, i, a, out); }
static inline OrtStatus *jb_Run(JB_API, OrtSession *s, const OrtRunOptions *o, const char *const *inNames, const OrtValue *const *ins, size_t nIn, const char *const *outNames, size_t nOut, OrtValue **outs) {
    return JB_CALL(9, OrtStatus *, (OrtSession *, const OrtRunOptions *, const char *const *, const OrtValue *const *, size_t, const char *const *, size_t, OrtValue **), s, o, inNames, ins, nIn, outNames, nOut, outs);
}

// Run options
static inline OrtStatus *jb_CreateRunOptions(JB_API, OrtRunOptions **out) { return JB_CALL(39, OrtStatus *, (OrtRunOptions **), out); }
static inline void jb_ReleaseRunOptions(JB_API, OrtRunOptions *o) { JB_CALL(97, void, (OrtRunOptions *), o); }
static inline OrtStatus *jb_RunOptionsSetTerminate(JB_API, OrtRunOptions *o) { return JB_CALL(46, OrtStatus *, (OrtRunOptions *), o); }

// Types
static inline OrtStatus *jb_CastTypeInfoToTensorInfo(JB_API, const OrtTypeInfo *t, const OrtTensorTypeAndShapeInfo **out) { return JB_CALL(55, OrtStatus *, (const OrtTypeInfo *, const OrtTensorTypeAndShapeInfo **), t, out); }
static inline void jb_ReleaseTypeInfo(JB_API, OrtTypeInfo *t) { JB_CALL(98, void, (OrtTypeInfo *), t); }
static inline OrtStatus *jb_GetTensorTypeAndShape(JB_API, const OrtValue *v, OrtTensorTypeAndShapeInfo **out) { return JB_CALL(65, OrtStatus *, (const OrtValue *, OrtTensorTypeAndShapeInfo **), v, out); }
static inline void jb_ReleaseTensorTypeAndShapeInfo(JB_API, OrtTensorTypeAndShapeInfo *i) { JB_CALL(99, void, (OrtTensorTypeAndShapeInfo *), i); }
static inline OrtStatus *jb_GetTensorElementType(JB_API, const OrtTensorTypeAndShapeInfo *i, int *out) { return JB_CALL(60, OrtStatus *, (const OrtTensorTypeAndShapeInfo *, int *), i, out); }
static inline OrtStatus *jb_GetDimensionsCount(JB_API, const OrtTensorTypeAndShapeInfo *i, size_t *out) { return JB_CALL(61, OrtStatus *, (const OrtTensorTypeAndShapeInfo *, size_t *), i, out); }
static inline OrtStatus *jb_GetDimensions(JB_API, const OrtTensorTypeAndShapeInfo *i, int64_t *out, size_t n) { return JB_CALL(62, OrtStatus *, (const OrtTensorTypeAndShapeInfo *, int64_t *, size_t), i, out, n); }

// Values and memory
static inline OrtStatus *jb_CreateTensor(JB_API, OrtAllocator *a, const int64_t *shape, size_t rank, int type, OrtValue **out) { return JB_CALL(48, OrtStatus *, (OrtAllocator *, const int64_t *, size_t, int, OrtValue **), a, shape, rank, type, out); }
static inline void jb_ReleaseValue(JB_API, OrtValue *v) { JB_CALL(96, void, (OrtValue *), v); }
static inline OrtStatus *jb_IsTensor(JB_API, const OrtValue *v, int *out) { return JB_CALL(50, OrtStatus *, (const OrtValue *, int *), v, out); }
static inline OrtStatus *jb_GetTensorMutableData(JB_API, OrtValue *v, void **out) { return JB_CALL(51, OrtStatus *, (OrtValue *, void **), v, out); }
static inline OrtStatus *jb_GetDefaultAllocator(JB_API, OrtAllocator **out) { return JB_CALL(78, OrtStatus *, (OrtAllocator **), out); }
static inline OrtStatus *jb_AllocatorFree(JB_API, OrtAllocator *a, void *p) { return JB_CALL(76, OrtStatus *, (OrtAllocator *, void *), a, p); }
static inline OrtStatus *jb_CreateCpuMemoryInfo(JB_API, int allocator, int memory, OrtMemoryInfo **out) { return JB_CALL(69, OrtStatus *, (int, int, OrtMemoryInfo **), allocator, memory, out); }
static inline void jb_ReleaseMemoryInfo(JB_API, OrtMemoryInfo *m) { JB_CALL(94, void, (OrtMemoryInfo *), m); }

// Metadata
static inline OrtStatus *jb_SessionGetModelMetadata(JB_API, const OrtSession *s, OrtModelMetadata **out) { return JB_CALL(111, OrtStatus *, (const OrtSession *, OrtModelMetadata **), s, out); }
static inline void jb_ReleaseModelMetadata(JB_API, OrtModelMetadata *m) { JB_CALL(118, void, (OrtModelMetadata *), m); }
static inline OrtStatus *jb_ModelMetadataGetProducerName(JB_API, const OrtModelMetadata *m, OrtAllocator *a, char **out) { return JB_CALL(112, OrtStatus *, (const OrtModelMetadata *, OrtAllocator *, char **), m, a, out); }
static inline OrtStatus *jb_ModelMetadataGetGraphName(JB_API, const OrtModelMetadata *m, OrtAllocator *a, char **out) { return JB_CALL(113, OrtStatus *, (const OrtModelMetadata *, OrtAllocator *, char **), m, a, out); }
static inline OrtStatus *jb_ModelMetadataGetDescription(JB_API, const OrtModelMetadata *m, OrtAllocator *a, char **out) { return JB_CALL(115, OrtStatus *, (const OrtModelMetadata *, OrtAllocator *, char **), m, a, out); }
static inline OrtStatus *jb_ModelMetadataGetVersion(JB_API, const OrtModelMetadata *m, int64_t *out) { return JB_CALL(117, OrtStatus *, (const OrtModelMetadata *, int64_t *), m, out); }
static inline OrtStatus *jb_ModelMetadataLookup(JB_API, const OrtModelMetadata *m, OrtAllocator *a, const char *k, char **out) { return JB_CALL(116, OrtStatus *, (const OrtModelMetadata *, OrtAllocator *, const char *, char **), m, a, k, out); }
static inline OrtStatus *jb_ModelMetadataKeys(JB_API, const OrtModelMetadata *m, OrtAllocator *a, char ***out, int64_t *n) { return JB_CALL(123, OrtStatus *, (const OrtModelMetadata *, OrtAllocator *, char ***, int64_t *), m, a, out, n); }

#endif
