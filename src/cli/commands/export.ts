import { existsSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { EXPORT_FORMS, type ExportForm, exportFile, exportStored } from '../../jobs/export-file.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples, MASK_ABOUT } from '../report-options.ts'

interface ExportOptions {
  as?: ExportForm
  out?: string
  store?: string
  format?: string
}

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere export 3 > series.csv', 'one stored process, for a spreadsheet'],
    ['stillhere export heap.heapsnapshot --as parquet --out tables', 'a heap as tables, a file each'],
    ['stillhere export heap.heapsnapshot --as pprof --out held.pb.gz', 'who holds the heap, for `go tool pprof`'],
  ])
    .description('Write a stored process, or what a file holds, for other tools.')
    .argument('<what>', 'an id from `stillhere history`, or a file of any format in `stillhere formats`', (text: string) => {
      if (/^\d+$/.test(text) && Number(text) >= 1) return existsSync(text) ? text : Number(text)
      if (/^-?\d+$/.test(text)) throw new InvalidArgumentError('It must be an id of at least 1, or a file.')
      return text
    })
    .addOption(new Option('--as <form>', 'the form to write; csv when absent').choices(EXPORT_FORMS))
    .option('-o, --out <path>', 'where to write: a folder for the tables of a heap, else a file; stdout when absent')
    .option('--store <file>', 'the store to read')
    .option('--mask', MASK_ABOUT)
    .option('--format <name>', 'do not recognize the format, use this reader')
    .action(async (what: string | number, { as = 'csv', out, store, format }: ExportOptions) => {
      const { text, written } = typeof what === 'number' ? await exportStored({ id: what, store, as, out, masker: shell.masker }, shell.run) : await exportFile({ file: what, format, as, out, masker: shell.masker }, shell.run)
      if (text !== undefined) shell.write(text)
      for (const path of written) shell.tell(`written: ${path}`)
    })
}
