import { Option } from 'commander'
import { readyStorePath, showStored } from '../../jobs/history.ts'
import { seriesToCsv, seriesToJson, seriesToOpenMetrics } from '../../render/series-export.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples } from '../report-options.ts'
import { wholeNumber } from './target-options.ts'

const FORMATS = { csv: seriesToCsv, json: seriesToJson, openmetrics: seriesToOpenMetrics } as const

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere export 3 > series.csv', 'one stored process, for other tools'],
  ])
    .description('Write one stored process to stdout for other tools.')
    .argument('<id>', 'from `stillhere history`', wholeNumber(1))
    .addOption(new Option('--as <format>', 'the form to write').choices(Object.keys(FORMATS)).default('csv'))
    .option('--store <file>', 'the store to read')
    .action(async (id: number, options: { as: keyof typeof FORMATS; store?: string }) => {
      const { series } = await showStored(readyStorePath(options.store), id)
      shell.write(FORMATS[options.as](series))
    })
}
