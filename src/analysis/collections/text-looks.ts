/**
 * What a text looks like, without saying what it says: runs of letters become `a`, of digits `9`; forms everybody knows
 * get their names. So the keys of a collection can be shown in a report that holds no contents.
 */
export function looksLike(text: string): string {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) return 'UUID'
  if (/^-?\d+$/.test(text)) return 'whole number'
  if (/^[0-9a-f]{16,}$/i.test(text) && /\d/.test(text)) return `${text.length} hex digits`
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return 'date and time'
  if (/^[^\s@]+@[^\s@]+\.[a-z]+$/i.test(text)) return 'e-mail address'
  if (/^\d{1,3}(\.\d{1,3}){3}(:\d+)?$/.test(text)) return 'IP address'
  if (/^[a-z][a-z+.-]*:\/\//i.test(text)) return 'URL'
  if (/^\/[\w.~%-]*(\/[\w.~%-]*)*(\?.*)?$/.test(text) && text.length > 1) return text.includes('?') ? 'path with query' : 'path'
  if (isLabels(text)) return 'labels'
  if (/^[\w+/=-]{20,}$/.test(text) && /\d/.test(text) && /[A-Z]/.test(text) && /[a-z]/.test(text)) return `token of ${text.length} characters`
  const shape = text.replace(/\p{L}+/gu, 'a').replace(/\d+/g, '9').replace(/\s+/g, ' ')
  return shape.length <= 24 ? shape : `${shape.slice(0, 23)}…`
}

/** `method:GET,route:/users/7`, `a=1|b=2`: names and values, two or more of them. */
function isLabels(text: string): boolean {
  return /^[\w.-]+[:=][^,;|&]*([,;|&][\w.-]+[:=][^,;|&]*)+[,;|&]?$/.test(text)
}

/** No word for a quarter of them is no word for them. */
const LEAST_SHARE = 0.25

/** The commonest of the words with its share, and the next when it matters: `UUID`, `a-9 (80 %), whole number`, `mixed`. */
export function commonest(words: ReadonlyMap<string, number>): string {
  const total = [...words.values()].reduce((sum, count) => sum + count, 0)
  const [first, second] = [...words].toSorted((a, b) => b[1] - a[1])
  if (first === undefined) return ''
  const share = first[1] / total
  if (share >= 0.95) return first[0]
  if (share < LEAST_SHARE) return 'mixed'
  return `${first[0]} (${Math.round(100 * share)} %)${second === undefined ? '' : `, ${second[0]}`}`
}
