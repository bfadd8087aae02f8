import { NONE } from '../../model/heap-graph.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'

/**
 * Frames that say how and not where: the runtime's own, and the states readers put in brackets. The first frame that
 * is none of them is the line somebody wrote.
 */
const NOT_OWN: readonly RegExp[] = [
  /^\[/, // a state: `[chan receive]`
  /^\((?:root|idle|program|native|unknown|garbage collector|V8 API)\)$|not listed by|^\((?:all of the heap|not in the tree|places )/,
  /^created by /,
  /^runtime\.(?!main\.)|^internal\/|^sync\.|^reflect\./, // Go
  /^java\.(?:lang|util|io|nio|net)\.|^jdk\.|^sun\.|^com\.sun\./, // JVM
  /^_?_?libc_|^operator new|^alloc::|^core::|^<alloc::|^<core::/, // C, Rust
]
const NOT_OWN_FILE = /^node:|\/node_modules\/|<frozen |\/lib\/python3|\/site-packages\/|\/(?:usr\/lib|usr\/local)\/go[^/]*\/src\//

/**
 * Names that C and C++ keep for their own libraries (two underscores, or one and a capital), the C library's functions
 * that allocate for their caller, and the dynamic linker's.
 */
const C_LIBRARY = /^_(?:_(?!static_init)|(?!GLOBAL_)[A-Z])|^(?:strn?dup|wcsdup|v?asprintf|getdelim|getline)(?:$|@)|^f(?:d|mem|re)?open(?:64|cookie)?(?:@|$)|^open_memstream|^opendir|^scandir|^realpath|^_dl_|^(?:call_init|_dl_init|dl_main|start_thread|clone3?)$|^g_(?:malloc|realloc|try_malloc|str(?:n?dup|dup_printf|concat|join)|slice_alloc)/
const C_FILES = /\/include\/c\+\+\/|\/(?:lib(?:c|stdc\+\+|c\+\+|m|gcc_s|pthread|dl)|ld-(?:linux|musl)[^/]*)(?:[.-][^/]*)?\.so(?:\.[\d.]+)?$|^\.\/(?:malloc|string|libio|stdlib|elf|posix|nptl|csu|io|misc)\/|(?:^|\/)(?:dl-[\w-]+\.[ch]|rtld\.c)$/
/** libstdc++'s own files, where only their last name is written; those anybody could have count by their functions. */
const CPP_HEADER = /^(?:(?:new_allocator|alloc_traits|unique_ptr|shared_ptr_base|std_function|stl_\w+|basic_string|hashtable_policy|ptr_traits)\.h|\w+\.tcc|tuple|functional|memory|string|vector|map|utility|optional|variant|thread|future)$/
const COMMON_HEADER = /^(?:allocator|invoke|hashtable|shared_ptr)\.h$/
const CPP_HELPER = /^(?:allocate|construct|make_shared|operator\(\)|emplace\w*|insert)(?:<|$)/
const CPP_LIBRARY = /^(?:std|__gnu_cxx|__cxxabiv1|boost)::/

/** Go's own packages: a module of somebody else has a dot in the first element of its path, and a program's `main` is its own. */
const GO_STANDARD = new Set(
  'archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing text time unicode unique unsafe vendor weak'.split(' '),
)
/** Ruby's library and gems; functions written in C have no file. */
const RUBY_FILE = /^<internal:|\/gems\/|\/lib\/ruby\//
const GO_MODULE_FILE = /\/pkg\/mod\/|\/vendor\/|@v\d/

/** Whether each frame is the program's own code, as far as names tell. */
export function ownFrames({ source, frames, strings }: AllocationProfile): Uint8Array {
  return Uint8Array.from(frames.functionName, (name, frame) => {
    const functionName = strings.get(name)
    if (NOT_OWN.some((pattern) => pattern.test(functionName))) return 0
    const file = frames.file[frame] === NONE ? '' : strings.get(frames.file[frame]!)
    if ((source.runtime === 'native' || source.runtime === undefined) && isOfLibrary(functionName, file, source.runtime)) return 0
    if (source.runtime === 'go' && (GO_STANDARD.has(/^[^./]*/.exec(functionName)![0]) || GO_MODULE_FILE.test(file))) return 0
    if (source.runtime === 'ruby' && (file === '' || RUBY_FILE.test(file))) return 0
    return NOT_OWN_FILE.test(file) ? 0 : 1
  })
}

/** Of an unknown runtime only what cannot be another language's: Python's `__init__` looks like the C library's. */
function isOfLibrary(functionName: string, file: string, runtime: string | undefined): boolean {
  if (runtime === 'native' && (C_LIBRARY.test(functionName) || (file === '' && /^0x[\dA-Fa-f]+$/.test(functionName)))) return true
  if (C_FILES.test(file) || CPP_LIBRARY.test(qualifiedName(functionName))) return true
  return CPP_HEADER.test(file) || (COMMON_HEADER.test(file) && CPP_HELPER.test(functionName))
}

/**
 * The name itself of a demangled C++ function, `std::make_unique` of
 * `std::_MakeUniq<app::Order>::__single_object std::make_unique<app::Order>()`: templates write their result before it.
 */
function qualifiedName(functionName: string): string {
  if (!functionName.includes('::')) return functionName
  let bare = ''
  let depth = 0
  for (const letter of functionName) {
    if (letter === '<' || letter === '(') depth++
    else if ((letter === '>' || letter === ')') && depth > 0) depth--
    else if (depth === 0) bare += letter
  }
  const words = bare.split(' ').filter((word) => word !== '' && word !== 'const' && word !== 'volatile' && !word.startsWith('['))
  return words.at(-1) ?? functionName
}
