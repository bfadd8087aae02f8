import { countText } from '../../base/bytes-text.ts'
import type { Finding, Growth, Reason } from '../../model/finding.ts'
import type { TrackedCollection } from './collection-tracker.ts'
import { USE_TEXT, usedLike } from './used-like.ts'

/** A row of a report's table of collections in a single snapshot; what does not fit on a screen is in `more`. */
export function sizeRow({ entries, capacity, heldAs, keys, values, kind, className, id, samples, slots }: TrackedCollection, retainedBytes: number | undefined): Record<string, unknown> {
  return {
    entries,
    emptySlots: slots !== undefined ? slots.all - slots.used : capacity === undefined ? undefined : capacity - entries,
    retainedBytes,
    objectId: id,
    collection: `${heldAs} (${className ?? kind})`,
    contents: keys === '' ? values : `${keys} → ${values === '' ? 'number or constant' : values}`,
    ...(samples.length === 0 ? {} : { samples: samples.join(', ') }),
    more: { kind, capacity, keys, values },
  }
}

/** A row for a collection followed over several snapshots. */
export function lifeRow({ entries, capacity, heldAs, keys, values, kind, className, id, life }: TrackedCollection): Record<string, unknown> {
  return {
    entries,
    came: life?.came,
    went: life?.gone,
    collection: `${heldAs} (${className ?? kind})`,
    used: life === undefined ? undefined : USE_TEXT[usedLike(life)],
    more: { kind, objectId: id, before: life?.before, capacity, emptySlots: capacity === undefined ? undefined : capacity - entries, keys, values, use: life === undefined ? undefined : usedLike(life) },
  }
}

/** What a collection holds, in a sentence without contents, and what it is in its runtime's words: a Map, a dict. */
export function holdsText({ entries, capacity, keys, values, kind, className, heldAs }: Pick<TrackedCollection, 'entries' | 'capacity' | 'keys' | 'values' | 'kind' | 'className' | 'heldAs'>): string {
  const room = capacity === undefined || capacity <= entries ? '' : ` with room for ${countText(capacity)}`
  const looks = [keys === '' ? '' : `keys look like ${keys}`, values === '' ? '' : `values are ${values}`].filter((each) => each !== '').join(', ')
  const what = className ?? (kind === 'object' ? 'plain object' : kind)
  return `${heldAs} is ${/^[aeio]/i.test(what) ? 'an' : 'a'} ${what} of ${countText(entries)} entries${room}${looks === '' ? '' : `; ${looks}`}.`
}

/**
 * Findings whose holder is one of these collections say what it holds and how it is used, and for how long no limit
 * was seen: a cache that has not come to its bound looks like one that has none.
 */
export function tellCollections(findings: readonly Finding[], collections: readonly TrackedCollection[], over: { units: number; per: Growth['per'] }): Finding[] {
  const byId = new Map(collections.map((each) => [each.id, each]))
  return findings.map((finding) => {
    const held = finding.paths[0]?.steps.findLast(({ status }) => status === 'fine')
    const collection = held === undefined ? undefined : byId.get(held.nodeId)
    if (collection === undefined) return finding
    const reasons: Reason[] = [{ for: true, text: holdsText(collection) }]
    const { life } = collection
    const use = life === undefined ? 'unchanged' : usedLike(life)
    if (life !== undefined && use !== 'unchanged' && use !== 'at its bound') {
      const limit = over.per === 'snapshot' ? '' : `; no limit is visible in ${countText(Math.round(over.units))} ${over.per}s`
      reasons.push({ for: true, text: `${USE_TEXT[use][0]!.toUpperCase()}${USE_TEXT[use].slice(1)}: ${countText(life.came)} came, ${countText(life.gone)} went${limit}.` })
      if (use === 'cache' && limit !== '') reasons.push({ for: false, text: 'A cache whose limit lies further away would look the same until then.' })
    }
    return { ...finding, reasons: finding.reasons.toSpliced(1, 0, ...reasons) }
  })
}
