import { readLayout } from '../../jobs/layout.ts'
import { renderLayout } from '../../render/layout-text.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples } from '../report-options.ts'
import { wholeNumber } from './target-options.ts'

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere layout 5120', 'what holds the memory of process 5120, term by term'],
  ])
    .description('Show the address space of a process in words and bytes: what holds its memory, and what each term means.')
    .argument('<pid>', 'the process', wholeNumber(1))
    .option('--metrics <url>', 'read also this page of the program: Prometheus, /debug/vars, /debug/pprof/')
    .option('--json', 'print JSON')
    .action(async (pid: number, { json, metrics }: { json?: boolean; metrics?: string }) => {
      const layout = await readLayout(pid, { metricsUrl: metrics })
      shell.write(json === true ? `${JSON.stringify(layout, null, 2)}\n` : renderLayout(layout))
    })
}
