import { analyzeHeap } from '../../jobs/analyze-heap.ts'
import type { DefineCommand } from '../command.ts'
import { readVersion } from '../version.ts'
import { wholeNumber } from './target-options.ts'

export const define: DefineCommand = (command, shell) => {
  command
    .description('Look at one heap snapshot: what is in it, what keeps most of it, what gathers an unusual share.')
    .argument('<file...>', 'heap snapshots of any format in `stillhere formats`; gzip and zstd are undone')
    .option('--format <name>', 'do not recognize the format, use this reader')
    .option('--classes <n>', 'rows of the class table', wholeNumber(0), 25)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
One snapshot shows what is big, not what leaks: for that, compare two or more with \`stillhere diff\`.

Examples:
  $ stillhere analyze heap.heapsnapshot
  $ stillhere analyze heap.heapsnapshot.gz --json | jq .details.classes`,
    )
    .action(async (files: string[], options: { format?: string; classes: number; json?: true }) => {
      for (const file of files) {
        const report = await analyzeHeap({ file, version: readVersion(), format: options.format, classes: options.classes }, shell.run)
        shell.finish(report, { json: options.json === true })
      }
    })
}
