import { NONE } from '../../model/heap-graph.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'

/**
 * Frames that say how and not where: the runtime's own, and the states readers put in brackets. The first frame that
 * is none of them is the line somebody wrote.
 */
const NOT_OWN: readonly RegExp[] = [
  /^\[/, // a state: `[chan receive]`
  /^\((?:root|idle|program|native|unknown|garbage collector|V8 API)\)$|not listed by/,
  /^created by /,
  /^runtime\.(?!main\.)|^internal\/|^sync\.|^reflect\./, // Go
  /^java\.(?:lang|util|io|nio|net)\.|^jdk\.|^sun\.|^com\.sun\./, // JVM
  /^std::|^__gnu_cxx::|^__cxxabiv1::|^_?_?libc_|^__GI_|^operator new|^alloc::|^core::|^<alloc::|^<core::/, // C++, Rust
]
const NOT_OWN_FILE = /^node:|\/node_modules\/|<frozen |\/lib\/python3|\/site-packages\/|\/(?:usr\/lib|usr\/local)\/go[^/]*\/src\//

/** Go's own packages: a module of somebody else has a dot in the first element of its path, and a program's `main` is its own. */
const GO_STANDARD = new Set(
  'archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing text time unicode unique unsafe vendor weak'.split(' '),
)
const GO_MODULE_FILE = /\/pkg\/mod\/|\/vendor\/|@v\d/

/** Whether each frame is the program's own code, as far as names tell. */
export function ownFrames({ source, frames, strings }: AllocationProfile): Uint8Array {
  return Uint8Array.from(frames.functionName, (name, frame) => {
    const functionName = strings.get(name)
    if (NOT_OWN.some((pattern) => pattern.test(functionName))) return 0
    const file = frames.file[frame] === NONE ? '' : strings.get(frames.file[frame]!)
    if (source.runtime === 'go' && (GO_STANDARD.has(/^[^./]*/.exec(functionName)![0]) || GO_MODULE_FILE.test(file))) return 0
    return NOT_OWN_FILE.test(file) ? 0 : 1
  })
}
