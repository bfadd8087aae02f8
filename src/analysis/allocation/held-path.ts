import { textHash } from '../../base/text-hash.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { PathStep, RetainingPath } from '../../model/retaining-path.ts'

const HELD_BY = '[held by '

/**
 * The chain of holders that a flight recording has for what was allocated at `site`, as a path: the recording's reader
 * writes it as innermost frames, `[byte[]]` and `[held by GcWork.LEAK → java.util.ArrayList.elementData → …]`.
 * A link is a class and the field of it that leads on; one that ends in `[]` is an array and any of its elements. A
 * recording has no ids, so a step's is its position. The first holder is the class of a static field, or whatever
 * the recording found nearest to a root.
 * @returns undefined where the profile says nothing of holders
 */
export function heldPath({ strings, frames, siteFrame, siteParent }: AllocationProfile, site: number): RetainingPath | undefined {
  const nameOf = (each: number): string => (each === 0 ? '' : strings.get(frames.functionName[siteFrame[each]!]!))
  const chain = nameOf(site)
  if (site === 0 || !chain.startsWith(HELD_BY)) return undefined
  const links = chain.slice(HELD_BY.length, -1).split(' → ')
  const held = /^\[(.+)\]$/.exec(nameOf(siteParent[site]!))?.[1]
  const steps: PathStep[] = []
  let reference: Pick<PathStep, 'edgeKind' | 'edgeName'> = { edgeKind: 'root', edgeName: '' }
  for (const [position, link] of links.entries()) {
    const isArray = link.endsWith(']')
    const dot = isArray ? -1 : link.lastIndexOf('.')
    const owner = dot < 0 ? link : link.slice(0, dot)
    steps.push({ ...reference, nodeKind: isArray ? 'array' : 'object', nodeName: owner, nodeId: position + 1, status: position === 0 ? 'fine' : 'suspect' })
    reference = isArray ? { edgeKind: 'element', edgeName: '' } : { edgeKind: 'property', edgeName: dot < 0 ? '' : link.slice(dot + 1) }
  }
  if (held !== undefined) steps.push({ ...reference, nodeKind: held.endsWith(']') ? 'array' : 'object', nodeName: held, nodeId: links.length + 1, status: 'suspect' })
  return { root: steps[0]!.nodeName, steps, fingerprint: textHash(links.join('\n')) }
}
