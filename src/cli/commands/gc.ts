import { Option } from 'commander'
import { UsageError } from '../../base/errors.ts'
import { drawGcCharts, explainLine } from '../../jobs/gc-pictures.ts'
import { expectPlaceFor } from '../../jobs/output-place.ts'
import { readGcLog } from '../../jobs/read-gc-log.ts'
import { parseGcSettings } from '../../jobs/gc-settings.ts'
import { writeWholeFile } from '../../jobs/write-whole-file.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples, addReportOptions, type ReportOptionValues } from '../report-options.ts'
import { readVersion } from '../version.ts'

interface Options extends ReportOptionValues {
  format?: string
  whatIf?: string
  gogc?: string
  explain?: string
  svg?: string
  chart?: boolean
}

export const define: DefineCommand = (command, shell) => {
  addExamples(addReportOptions(command), [
    ['stillhere gc gc.log', 'pauses, their share, the live floor, and a diagnosis'],
    ['GODEBUG=gctrace=1 ./app 2> gc.log; stillhere gc gc.log --what-if GOGC=200,GOMEMLIMIT=2GiB', 'what other settings would have done'],
    ['stillhere gc gc.log --what-if=-Xmx512m,-Xmn200m', 'the same for the JVM (Serial, Parallel); Node: --max-semi-space-size=64'],
    ['stillhere gc gc.log.0 gc.log.1 --svg gc.svg', 'a rotated log, as a picture'],
    ["stillhere gc --explain 'gc 23 @4.821s 6%: 0.040+1.8+0.014 ms clock, …'", 'each field of one line'],
  ])
    .description('Read a GC log of Go, V8, the JVM or CPython and say what it means.')
    .argument('[file...]', 'the log, or the parts of a rotated one')
    .option('--format <name>', 'do not recognize, read as this format')
    .option('--what-if <settings>', 'forecast other settings: GOGC=200,GOMEMLIMIT=2GiB (Go), -Xmx512m (JVM), --max-semi-space-size=64 (Node)')
    .option('--gogc <percent>', 'GOGC of the run that wrote the log, when its goals do not show it')
    .addOption(new Option('--explain <line>', 'explain one line of a log and end').conflicts(['whatIf', 'svg']))
    .option('--svg <file>', 'write the heap, the pauses and the share of time as a picture')
    .option('--chart', 'draw the live heap in the terminal')
    .action(async (files: string[], options: Options) => {
      if (options.explain !== undefined) {
        shell.write(explainLine(options.explain, options.json === true ? 'json' : 'text'))
        return
      }
      if (files.length === 0) throw new UsageError({ argument: 'FILE', given: 'nothing', allowed: 'a GC log, or --explain with a line of one' })
      if (options.svg !== undefined) expectPlaceFor(options.svg, '--svg')
      const answer = await readGcLog(
        {
          files,
          format: options.format,
          whatIf: options.whatIf === undefined ? undefined : parseGcSettings(options.whatIf),
          observedPercent: options.gogc === undefined ? undefined : parsePercent(options.gogc),
          version: readVersion(),
        },
        shell.run,
      )
      const pictures = drawGcCharts(answer)
      if (options.svg !== undefined) {
        await writeWholeFile(options.svg, pictures.svg())
        shell.tell(`picture: ${options.svg}`)
      }
      if (options.chart === true && options.json !== true) shell.write(pictures.terminal(shell.columns))
      shell.finish(answer.report, options)
    })
}

function parsePercent(text: string): number {
  const settings = parseGcSettings(`GOGC=${text}`)
  return settings.runtime === 'go' ? settings.percent : Number.NaN
}
