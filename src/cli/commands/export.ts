import { Option } from 'commander'
import { UsageError } from '../../base/errors.ts'
import { writeParquet } from '../../jobs/export-parquet.ts'
import { readyStorePath, showStored } from '../../jobs/history.ts'
import { writeWholeFile } from '../../jobs/write-whole-file.ts'
import { seriesToCsv, seriesToJson, seriesToOpenMetrics } from '../../render/series-export.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples } from '../report-options.ts'
import { wholeNumber } from './target-options.ts'

const TEXTS = { csv: seriesToCsv, json: seriesToJson, openmetrics: seriesToOpenMetrics } as const

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere export 3 > series.csv', 'one stored process, for a spreadsheet'],
    ['stillhere export 3 --as openmetrics', 'the same for Prometheus'],
  ])
    .description('Write one stored process for other tools.')
    .argument('<id>', 'from `stillhere history`', wholeNumber(1))
    .addOption(new Option('--as <format>', 'the form to write').choices([...Object.keys(TEXTS), 'parquet']).default('csv'))
    .option('-o, --out <file>', 'the file to write; stdout when absent')
    .option('--store <file>', 'the store to read')
    .action(async (id: number, options: { as: keyof typeof TEXTS | 'parquet'; out?: string; store?: string }) => {
      const { series } = await showStored(readyStorePath(options.store), id)
      if (options.as === 'parquet') {
        if (options.out === undefined) throw new UsageError({ argument: '--out', given: 'nothing', allowed: 'a file: Parquet is no text' })
        await writeParquet(series, options.out)
      } else if (options.out === undefined) shell.write(TEXTS[options.as](series))
      else await writeWholeFile(options.out, TEXTS[options.as](series))
    })
}
