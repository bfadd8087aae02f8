import type { Explanation } from './explanation.ts'
import type { Ticket } from './ticket.ts'

/** Objects that should be gone are still here. The message holds what is known of who holds them. */
export class StillHereError extends Error {
  readonly tickets: readonly Ticket[]
  readonly explanation: Explanation

  constructor(tickets: readonly Ticket[], explanation: Explanation) {
    super(stillHereText(tickets, explanation))
    this.name = 'StillHereError'
    this.tickets = tickets
    this.explanation = explanation
  }
}

/** What is still here, and each cause once; labels that share a cause are counted, not repeated. */
export function stillHereText(tickets: readonly Pick<Ticket, 'id' | 'label' | 'stack'>[], explanation: Explanation): string {
  const what = countedLabels(tickets.map((ticket) => ticket.label))
  const lines = [`${what} should have gone away, but ${tickets.length === 1 ? 'is' : 'are'} still here.`]
  for (const { text } of explanation.findings) lines.push('', text.trimEnd())
  const gone = new Set(explanation.gone)
  const unexplained = tickets.filter((ticket) => !gone.has(ticket.id) && !explanation.findings.some((finding) => finding.tickets.includes(ticket.id)))
  if (explanation.outcome !== 'explained') lines.push('', `No path: ${explanation.reason ?? explanation.outcome}.`)
  else if (unexplained.length > 0) lines.push('', `No path was found to ${countedLabels(unexplained.map((ticket) => ticket.label))}.`)
  const stacks = new Map(unexplained.map((ticket) => [ticket.stack, ticket.label]))
  for (const [stack, label] of [...stacks].slice(0, 3)) if (stack !== undefined) lines.push('', `${label} was watched here:`, stack)
  if (explanation.folder !== undefined) lines.push('', `Reports and pictures: ${explanation.folder}`)
  return lines.join('\n')
}

function countedLabels(labels: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const parts = [...counts].map(([label, count]) => (count === 1 ? `"${label}"` : `${count} × "${label}"`))
  return parts.length <= 5 ? parts.join(', ') : `${parts.slice(0, 5).join(', ')} and ${parts.length - 5} more labels`
}
