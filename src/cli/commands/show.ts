import { showStored } from '../../jobs/history.ts'
import { storeToRead } from '../../jobs/store-path.ts'
import { renderText } from '../../render/text.ts'
import { headline, renderSeries } from '../../render/series-text.ts'
import type { DefineCommand } from '../command.ts'
import { momentText } from '../moment-text.ts'
import { addExamples } from '../report-options.ts'
import { wholeNumber } from './target-options.ts'

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere show 3', 'the course of process 3 of `stillhere history`'],
  ])
    .description('Show one stored process: its course, today’s verdict on it, how the verdict came about, and what was found to hold the memory.')
    .argument('<id>', 'from `stillhere history`', wholeNumber(1))
    .option('--store <file>', 'the store to read')
    .option('--json', 'print JSON')
    .action(async (id: number, { store, json }: { store?: string; json?: boolean }) => {
      const { process, series, verdict, earlier, reports } = await showStored(storeToRead(store), id)
      if (json === true) {
        shell.write(`${JSON.stringify({ process, verdict, earlier, reports }, null, 2)}\n`)
        return
      }
      shell.write(renderSeries(series, verdict))
      if (earlier.length > 0) shell.write('\nearlier:\n')
      for (const each of earlier.slice(-12)) shell.write(`  ${momentText(each.timeMs, 'second')}  ${headline(each.verdict)}\n`)
      for (const { timeMs, report } of reports) shell.write(`\nfound ${momentText(timeMs, 'second')}:\n${renderText(report, { color: shell.color, columns: shell.columns })}`)
    })
}
