import type { DefineCommand } from '../command.ts'
import { addExamples } from '../report-options.ts'
import { listFormats } from '../../jobs/list-formats.ts'

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere formats', 'every format, what it holds, and where it comes from'],
    ['stillhere formats --json', 'the same for scripts'],
  ])
    .description('List the formats that can be read, in the order in which they are tried.')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => {
      const formats = listFormats()
      if (options.json === true) {
        shell.write(`${JSON.stringify({ formats }, null, 2)}\n`)
        return
      }
      const width = Math.max(...formats.map(({ format }) => format.length))
      for (const { format, makes, title } of formats) shell.write(`${format.padEnd(width)}  ${makes.padEnd(18)}  ${title}\n`)
    })
}
