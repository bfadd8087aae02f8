import { resolve } from 'node:path'
import { Option } from 'commander'
import { UsageError } from '../../base/errors.ts'
import { diff } from '../../jobs/analyze.ts'
import { makeFolder } from '../../jobs/output-place.ts'
import { writeReport } from '../../jobs/write-report.ts'
import { maskReport } from '../../render/mask.ts'
import { addCacheOption, cacheOf, type CacheValue } from '../cache-option.ts'
import { addJavaLayoutOption, type GivenLayout } from '../java-layout-option.ts'
import { addMemoryOption } from '../memory-option.ts'
import type { DefineCommand } from '../command.ts'
import { FAIL_ON, type FailOn } from '../exit-code.ts'
import { MASK_ABOUT } from '../report-options.ts'
import { readVersion } from '../version.ts'
import { wholeNumber } from './target-options.ts'

interface DiffOptions {
  ops?: number
  profile?: string
  stacksFrom?: string
  format?: string
  cache?: CacheValue
  javaLayout?: GivenLayout
  memory?: number
  classes: number
  out?: string
  json?: true
  markdown?: true
  failOn: FailOn
}

export const define: DefineCommand = (command, shell) => {
  addMemoryOption(addJavaLayoutOption(addCacheOption(command)))
    .description('Compare two or more heap snapshots or allocation profiles of one program: what grew at every step, and who holds it.')
    .argument('<file...>', 'snapshots, or profiles, in the order in which they were taken')
    .option('--ops <n>', 'operations done between one snapshot and the next: growth is told per operation', wholeNumber(1))
    .option('--profile <file>', 'a sampling allocation profile of the same run: names the lines that allocate')
    .option('--stacks-from <file>', 'goroutines: share what all stacks take, as /debug/pprof/heap?debug=1 or /debug/vars of the last one’s moment tells')
    .option('--format <name>', 'do not recognize the format, use this reader')
    .option('--classes <n>', 'rows of the class table', wholeNumber(0), 25)
    .option('-o, --out <folder>', 'also write the report and its pictures there')
    .option('--mask', MASK_ABOUT)
    .addOption(command.createOption('--json', 'print the report as JSON').conflicts('markdown'))
    .option('--markdown', 'print the report as Markdown')
    .addOption(new Option('--fail-on <verdict>', 'mildest verdict that ends with exit code 1').choices(FAIL_ON).default('leak'))
    .addHelpText(
      'after',
      `
Two snapshots make suspects, three make a verdict: take one after warm-up, one
after some work, one after the same work again. Objects keep their ids inside
one session of an inspector; else they are matched by class and path.

Examples:
  $ stillhere diff warm.heapsnapshot middle.heapsnapshot end.heapsnapshot
  $ stillhere diff a.heapsnapshot b.heapsnapshot --ops 149 --profile b.heapprofile`,
    )
    .action(async (files: string[], options: DiffOptions) => {
      if (files.length < 2) throw new UsageError({ argument: 'file', given: 'one file', allowed: 'two or more snapshots', hint: 'For a single one: stillhere analyze FILE' })
      if (new Set(files.map((file) => resolve(file))).size < files.length) throw new UsageError({ argument: 'file', given: 'one file twice', allowed: 'snapshots that differ' })
      if (options.out !== undefined) makeFolder(options.out)
      const report = await diff(
        { files, operations: options.ops, profile: options.profile, stacksFrom: options.stacksFrom, format: options.format, cache: cacheOf(options.cache), javaLayout: options.javaLayout, memoryBytes: options.memory, version: readVersion(), cwd: process.cwd(), classes: options.classes },
        shell.run,
      )
      if (options.out !== undefined) await writeReport(shell.masker === undefined ? report : maskReport(report, shell.masker), options.out, shell.run)
      shell.finish(report, options)
    })
}
