import type { Frame } from '../model/allocation-profile-builder.ts'

/**
 * Functions that hand out memory. They are the innermost frames of every native stack and say nothing about who
 * asked; massif, heaptrack and pprof leave them out themselves, the others do not. Readers drop them, so that the
 * innermost frame of a site is the line that allocated.
 */
const ALLOCATORS = new Set([
  'malloc', 'calloc', 'realloc', 'reallocarray', 'memalign', 'aligned_alloc', 'posix_memalign', 'valloc', 'pvalloc', 'free',
  'mmap', 'mmap64', 'mremap', 'munmap', 'sbrk', 'brk', '__mmap', '__mmap64', '__brk', '__sbrk',
])
const PREFIXES = /^(?:___?interceptor_|__libc_|__GI___libc_|__lsan_|__asan_|__tsan_|__msan_|__hwasan_|wrap_|__wrap_|je_|tc_|mi_|rpl_|vg_replace_)/
const OPERATOR = /^(?:operator (?:new|delete)(?:\[\])?|_Zn[wa][jmy]|_ZdlPv|_ZdaPv)(?:\W|S|$)/
/** Rust's and Zig's shims between the language and malloc. */
const SHIM = /^(?:__rust_(?:alloc|realloc|alloc_zeroed|no_alloc_shim)|__rdl_|__rg_|alloc::alloc::|<alloc::alloc::Global|mi_heap_malloc)/
const LIBRARY = /(?:^|\/)(?:vgpreload_|lib(?:jemalloc|tcmalloc|mimalloc|asan|lsan|hwasan|heaptrack_preload))/

/** Whether a function, or a function nobody could name inside an allocator's library, only hands out memory. */
export function isAllocator({ functionName, file }: Frame): boolean {
  if (file !== undefined && LIBRARY.test(file)) return true
  if (ALLOCATORS.has(functionName) || ALLOCATORS.has(functionName.replace(PREFIXES, ''))) return true
  return OPERATOR.test(functionName) || SHIM.test(functionName)
}

/** `stack`, innermost first, without the allocators it begins with; at least one frame stays. */
export function withoutAllocators(stack: readonly Frame[]): readonly Frame[] {
  let first = 0
  while (first < stack.length - 1 && isAllocator(stack[first]!)) first++
  return first === 0 ? stack : stack.slice(first)
}
