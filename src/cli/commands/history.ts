import { safeText } from '../../base/safe-text.ts'
import { listHistory } from '../../jobs/history.ts'
import { storeToRead } from '../../jobs/store-path.ts'
import type { DefineCommand } from '../command.ts'
import { momentText } from '../moment-text.ts'
import { addExamples } from '../report-options.ts'

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere history', 'every process that was kept, with its last verdict'],
  ])
    .description('List the processes whose memory was kept with `stillhere watch --store` or `stillhere import`.')
    .option('--store <file>', 'the store to read')
    .option('--json', 'print JSON')
    .action(async ({ store, json }: { store?: string; json?: boolean }) => {
      const processes = await listHistory(storeToRead(store))
      if (json === true) shell.write(`${JSON.stringify({ processes }, null, 2)}\n`)
      else if (processes.length === 0) shell.write('Nothing is stored yet. `stillhere watch --store` keeps what it sees.\n')
      else {
        shell.write('  id  last seen         samples  verdict       command\n')
        for (const each of processes) {
          const word = each.verdict === undefined ? '' : `${each.verdict} ${(each.confidence ?? 0).toFixed(2)}`
          shell.write(`${String(each.id).padStart(4)}  ${momentText(each.lastMs, 'minute')}  ${String(each.sampleCount).padStart(7)}  ${word.padEnd(12)}  ${safeText(each.command, 32)}\n`)
        }
      }
    })
}
