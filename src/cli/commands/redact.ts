import { countText } from '../../base/bytes-text.ts'
import { redactSnapshot } from '../../jobs/redact.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples } from '../report-options.ts'

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere redact heap.heapsnapshot shared.heapsnapshot', 'a copy without the texts of the heap'],
    ['stillhere redact heap.heapsnapshot shared.heapsnapshot.gz', 'the same, compressed'],
  ])
    .description('Rewrite a V8 heap snapshot so that names stay and contents go.')
    .argument('<in>', 'the snapshot, plain or compressed')
    .argument('<out>', 'the file to write; compressed when its name ends in .gz')
    .action(async (from: string, to: string) => {
      const { redacted, kept } = await redactSnapshot(from, to, shell.run)
      shell.tell(`written: ${to}; ${countText(redacted)} strings replaced, ${countText(kept)} names kept`)
    })
}
