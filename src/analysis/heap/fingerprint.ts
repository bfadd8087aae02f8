import { textHash } from '../../base/text-hash.ts'
import type { Finding } from '../../model/finding.ts'
import type { PathStep } from '../../model/retaining-path.ts'

/**
 * Equal for the same bug in another run: a hash over the suspect stretch of a path, from the last holder that belongs
 * there to the first object that does not. Classes and reference names count; ids, positions and keys that are data
 * become `[x]`, strings and numbers stand by kind.
 * Method: as LeakCanary's signature, with a short hash in place of SHA-1.
 */
export function fingerprintOf(steps: readonly PathStep[]): string {
  const firstSuspect = steps.findIndex((step) => step.status !== 'fine')
  const firstLeaking = steps.findIndex((step) => step.status === 'leaking')
  const from = Math.max(0, (firstSuspect < 0 ? steps.length : firstSuspect) - 1)
  const to = firstLeaking < 0 ? steps.length : firstLeaking + 1
  const words: string[] = []
  for (const step of steps.slice(from, to)) {
    const word = `${genericEdge(step)} ${step.nodeKind} ${genericName(step)}`
    if (words.at(-1) !== word) words.push(word) // a list is one step, however long it has become
  }
  return textHash(words.join('\n'))
}

/**
 * The findings of one report, each with a fingerprint of its own: of those that are held alike the first, which is the
 * biggest, keeps what its path says, the second and third get one made of that and of their place among them. So in
 * another run the biggest is compared with the biggest, and when one of them is repaired it is the last that is gone.
 */
export function tellApart(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, number>()
  return findings.map((finding) => {
    if (finding.fingerprint === '') return finding // no path
    const place = (seen.get(finding.fingerprint) ?? 0) + 1
    seen.set(finding.fingerprint, place)
    return place === 1 ? finding : { ...finding, fingerprint: textHash(`${finding.fingerprint} ${place}`) }
  })
}

function genericEdge(step: PathStep): string {
  if (step.edgeKind === 'element' || step.edgeKind === 'hidden' || /\d/.test(step.edgeName) || step.edgeName.length > 60) return '[x]'
  return step.edgeName
}

function genericName({ nodeKind, nodeName }: PathStep): string {
  return nodeKind.endsWith('string') || nodeKind === 'number' ? '' : nodeName.replace(/\d+/g, '#')
}
