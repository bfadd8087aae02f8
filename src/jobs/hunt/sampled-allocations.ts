import type { Protocol } from 'devtools-protocol'
import { type AllocationProfile } from '../../model/allocation-profile.ts'
import { AllocationProfileBuilder } from '../../model/allocation-profile-builder.ts'
import type { Source } from '../../model/source.ts'
import { fileURLToPath } from 'node:url'

/**
 * The inspector's sampling profile as an `AllocationProfile`: what was allocated since sampling began and is live now.
 * V8 has unsampled the sizes already. Its tree may be deeper than the stack, so it is walked with a list.
 */
export function allocationsOfSampling(profile: Protocol.HeapProfiler.SamplingHeapProfile, source: Source, samplingIntervalBytes: number): AllocationProfile {
  const builder = new AllocationProfileBuilder(source)
  const open: { node: Protocol.HeapProfiler.SamplingHeapProfileNode; site: number }[] = [{ node: profile.head, site: 0 }]
  for (let at = 0; at < open.length; at++) {
    const { node, site } = open[at]!
    if (node.selfSize > 0) builder.add(site, { liveBytes: node.selfSize })
    for (const child of node.children) {
      const { functionName, url, lineNumber, columnNumber } = child.callFrame
      const frame = builder.frame({
        functionName: functionName === '' ? '(anonymous)' : functionName,
        file: url === '' ? undefined : fileOfUrl(url),
        // V8 counts from 0 and says −1 where it does not know.
        line: Math.max(0, lineNumber + 1),
        column: Math.max(0, columnNumber + 1),
      })
      open.push({ node: child, site: builder.site(site, frame) })
    }
  }
  return builder.build({ unit: 'objects', samplingIntervalBytes })
}

/** ES modules carry file: URLs, CommonJS modules paths; people want paths. */
function fileOfUrl(url: string): string {
  if (!url.startsWith('file://')) return url
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}
