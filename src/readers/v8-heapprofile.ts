import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asList, asNumber, asObject, asText, type Json, type JsonObject, jsonInput } from './json-input.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'

const FORMAT = 'v8-heapprofile'

/**
 * V8's sampling heap profile, `.heapprofile`: what `node --heap-prof`, DevTools, the inspector's
 * `HeapProfiler.stopSampling` and `v8.startHeapProfile()` write
 * (https://chromedevtools.github.io/devtools-protocol/tot/HeapProfiler/#type-SamplingHeapProfile). Node 10 and later; the oldest
 * have neither ids nor `samples`, the newest write `samples` before the tree.
 *
 * Sizes are V8's own estimates of what lived when the file was written, scaled up already. Two things the file does not
 * say: whether the session also counted collected objects (then the sizes are of all that was allocated), and the sampling
 * interval. No sample is scaled to less than one interval, so the smallest size stands for it: never much too small.
 * ArrayBuffer contents are not in it. `samples` repeats the sizes one by one and is not added.
 */
export const v8HeapProfile: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'V8 sampling heap profile (.heapprofile: node --heap-prof, DevTools)',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (!/^\s*\{/.test(text)) return 'no'
    if (/"head"\s*:\s*\{\s*"(?:callFrame|selfSize|id|children)"\s*:/.test(text)) return 'certain'
    return /^\s*\{\s*"samples"\s*:\s*\[\s*\{[^}]*"nodeId"\s*:\s*\d/.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    run.progress({ step: 'reading the sampled call tree', done: 0 })
    const file = asObject(await jsonInput(input, FORMAT, run))
    const source: Source = { name: input.name, format: FORMAT, idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    const head = checkTree(file?.['head'], input.name, () => run.checkpoint())
    const interval = smallestSize(file?.['samples'], head)
    addNotice(source, { code: 'sampled', message: 'sizes are V8’s estimates from samples; the sampling interval is taken from the smallest of them' })
    return allocationsOfSampling(head, source, interval)
  },
}

/** A node of the sampled tree, as much of it as is read. Numbers of lines and columns are from 0; −1: unknown. */
export interface SampledNode {
  readonly callFrame: { readonly functionName: string; readonly url?: string; readonly lineNumber?: number; readonly columnNumber?: number }
  /** Bytes, unsampled by V8. */
  readonly selfSize: number
  readonly children?: readonly SampledNode[]
}

/** V8's sampled call tree as an `AllocationProfile`. It may be deeper than the stack, so it is walked with a list. */
export function allocationsOfSampling(head: SampledNode, source: Source, samplingIntervalBytes: number | undefined): AllocationProfile {
  const builder = new AllocationProfileBuilder(source)
  builder.add(0, { liveBytes: 0 }) // a program that allocated nothing has a column all the same
  const open: { node: SampledNode; site: number }[] = [{ node: head, site: 0 }]
  for (let at = 0; at < open.length; at++) {
    const { node, site } = open[at]
    if (node.selfSize > 0) builder.add(site, { liveBytes: node.selfSize })
    for (const child of node.children ?? []) {
      const { functionName, url, lineNumber, columnNumber } = child.callFrame
      const frame = builder.frame({
        functionName: functionName === '' ? '(anonymous)' : functionName,
        file: url === undefined || url === '' ? undefined : fileOfUrl(url),
        line: fromOne(lineNumber),
        column: fromOne(columnNumber),
      })
      open.push({ node: child, site: builder.site(site, frame) })
    }
  }
  return builder.build({ unit: 'objects', samplingIntervalBytes })
}

/** The parsed tree, every node looked at once. @throws ReadError naming the node, counted in the order of the walk */
function checkTree(json: Json | undefined, file: string, checkpoint: () => void): SampledNode {
  const refuse = (at: number, expected: string, found: Json | undefined): never => {
    throw new ReadError({ file, format: FORMAT, position: { kind: 'whole' }, expected: `${at === 0 ? 'head' : `node ${at} below head`}: ${expected}`, found: JSON.stringify(found ?? null).slice(0, 80) })
  }
  const open: (Json | undefined)[] = [json]
  for (let at = 0; at < open.length; at++) {
    checkpoint()
    const node = asObject(open[at]) ?? refuse(at, 'an object', open[at])
    const frame = asObject(node['callFrame']) ?? refuse(at, 'a callFrame', node['callFrame'])
    if (asText(frame['functionName']) === undefined) refuse(at, 'a functionName', frame['functionName'])
    if (frame['url'] !== undefined && asText(frame['url']) === undefined) refuse(at, 'a url of text', frame['url'])
    const size = asNumber(node['selfSize'])
    if (size === undefined || size < 0) refuse(at, 'a selfSize of 0 or more', node['selfSize'])
    for (const child of asList(node['children'] ?? []) ?? refuse(at, 'a list of children', node['children'])) open.push(child)
  }
  return json as unknown as SampledNode
}

/** The smallest size that was sampled; of a file without samples, the smallest of any node. */
function smallestSize(samples: Json | undefined, head: SampledNode): number | undefined {
  let smallest = Infinity
  const look = (size: number | undefined): void => {
    if (size !== undefined && size > 0 && size < smallest) smallest = size
  }
  for (const sample of asList(samples) ?? []) look(asNumber((asObject(sample) ?? ({} satisfies JsonObject))['size']))
  if (smallest === Infinity) {
    const open = [head]
    for (let at = 0; at < open.length; at++) {
      look(open[at].selfSize)
      for (const child of open[at].children ?? []) open.push(child)
    }
  }
  return smallest === Infinity ? undefined : smallest
}

function fromOne(fromZero: number | undefined): number {
  return typeof fromZero === 'number' && Number.isInteger(fromZero) && fromZero >= 0 && fromZero < 0xfffffffe ? fromZero + 1 : 0
}

/** ES modules carry file: URLs, CommonJS modules paths; people want paths. */
function fileOfUrl(url: string): string {
  if (!url.startsWith('file:///')) return url
  const path = url.slice(/^file:\/\/\/[A-Za-z]:/.test(url) ? 8 : 7)
  try {
    return decodeURIComponent(path)
  } catch {
    return path // a percent sign that encodes nothing
  }
}
