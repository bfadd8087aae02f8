import { bytesText, countText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { HuntEvent } from '../jobs/hunt/hunt-plan.ts'
import type { Shell } from './shell.ts'

/** Tells on stderr how the hunt goes: one line per phase and round. */
export function narrator(shell: Shell, { showOutput }: { showOutput?: boolean | undefined }): (event: HuntEvent) => void {
  const row = (label: string, done: number, noun: string, floorBytes: number, gained: string): string =>
    `  ${label.padEnd(9)}${`${countText(Math.round(done * 10) / 10)} ${noun}s`.padEnd(18)}floor ${bytesText(floorBytes).padStart(8)}${gained}`
  return (event) => {
    switch (event.kind) {
      case 'output':
        if (showOutput === true) shell.tell(`  | ${safeText(event.line, 400)}`)
        return
      case 'ready':
        shell.tell(`  ${event.address === undefined ? 'running' : safeText(event.address, 200)} (${Number.isNaN(event.pid) ? '' : `pid ${event.pid}, `}${safeText(`${event.runtime ?? 'Node'} ${event.version}`.trim(), 60)}${event.thread === undefined ? '' : `, ${safeText(event.thread, 60)}`})`)
        return
      case 'warm-up':
        shell.tell(row('warm-up', event.done, event.noun, event.memory.heapUsedBytes, ''))
        return
      case 'round': {
        const gained = event.memory.heapUsedBytes - event.before.heapUsedBytes
        const external = event.memory.externalBytes - event.before.externalBytes
        const text = `   ${signed(gained)}${!(Math.abs(external) >= 10_000) ? '' : `, external ${signed(external)}`}`
        shell.tell(row(`round ${event.number}`, event.done, event.noun, event.memory.heapUsedBytes, text))
        return
      }
      case 'snapshot':
        shell.tell(`  snapshot ${event.number}  ${bytesText(event.sizeBytes)} in ${(event.pauseMs / 1000).toFixed(1)} s`)
        return
      case 'note':
        shell.tell(`  ${safeText(event.text, 400)}`)
    }
  }
}

function signed(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${bytesText(bytes)}`
}
