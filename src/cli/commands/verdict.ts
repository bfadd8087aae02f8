import { Option } from 'commander'
import { type FileVerdict, judgeFile } from '../../jobs/verdict.ts'
import { renderSeries } from '../../render/series-text.ts'
import type { DefineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { addExamples } from '../report-options.ts'

interface Options {
  json?: boolean
  format?: string
  evidence: 'all' | 'process'
  failOn: 'leak' | 'growing' | 'never'
}

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere verdict rss.csv', 'leaks or not, how fast, and how sure that is'],
    ['stillhere verdict *.csv --json', 'one JSON object a line, for scripts'],
  ])
    .description('Judge recorded memory over time: does the process leak, how fast, and how sure is that?')
    .argument('<file...>', 'series: CSV with a header row, own exports, psrecord, mprof, pidstat, sadf, Prometheus')
    .option('--json', 'print one JSON object a line, in the order of the files')
    .option('--format <name>', 'do not recognize the format, read it as this')
    .addOption(new Option('--evidence <which>', 'what may be used: all, or only what is seen from outside the process').choices(['all', 'process']).default('all'))
    .addOption(new Option('--fail-on <verdict>', 'the mildest verdict that ends with exit code 1').choices(['leak', 'growing', 'never']).default('leak'))
    .action(async (files: string[], { json, format, evidence, failOn }: Options) => {
      for (const file of files) {
        const judged = await judgeFile(file, shell.run, { format, evidence })
        shell.write(json === true ? `${JSON.stringify(verdictLine(file, judged))}\n` : renderSeries(judged.series, judged.verdict))
        const found = judged.verdict.verdict === 'leak' || (judged.verdict.verdict === 'growing' && failOn === 'growing')
        if (failOn !== 'never' && found) shell.endWith(EXIT.found)
      }
    })
}

/** The flat fields scripts look for first, then everything the verdict knows. */
function verdictLine(file: string, { verdict }: FileVerdict): Record<string, unknown> {
  const { verdict: name, confidence, rate, ...rest } = verdict
  return { file, verdict: name, confidence: Number(confidence.toFixed(4)), leakRateBytesPerHour: rate === undefined ? null : Math.round(rate.value), rate, ...rest }
}
