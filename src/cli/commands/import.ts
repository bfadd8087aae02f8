import { importSeries } from '../../jobs/history.ts'
import { readyStorePath } from '../../jobs/store-path.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples } from '../report-options.ts'

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere import psrecord.log rss.csv', 'keep what other tools recorded'],
  ])
    .description('Keep series of other tools in the store: CSV, psrecord, mprof, pidstat, sadf, Prometheus answers.')
    .argument('<file...>', 'what to read')
    .option('--format <name>', 'do not recognize the format, read it as this')
    .option('--store <file>', 'the store to write')
    .action(async (files: string[], { format, store }: { format?: string; store?: string }) => {
      for (const file of files) shell.write(`${await importSeries(file, readyStorePath(store), shell.run, format)}\n`)
    })
}
