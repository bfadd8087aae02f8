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

/** Whether each frame is the program's own code, as far as names tell. */
export function ownFrames({ frames, strings }: AllocationProfile): Uint8Array {
  return Uint8Array.from(frames.functionName, (name, frame) => {
    const functionName = strings.get(name)
    if (NOT_OWN.some((pattern) => pattern.test(functionName))) return 0
    return frames.file[frame] !== NONE && NOT_OWN_FILE.test(strings.get(frames.file[frame]!)) ? 0 : 1
  })
}
