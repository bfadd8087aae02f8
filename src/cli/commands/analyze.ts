import { Option } from 'commander'
import { analyze } from '../../jobs/analyze.ts'
import { expectPlaceFor } from '../../jobs/output-place.ts'
import { addCacheOption, cacheOf, type CacheValue } from '../cache-option.ts'
import { addJavaLayoutOption, type GivenLayout } from '../java-layout-option.ts'
import { addMemoryOption } from '../memory-option.ts'
import type { DefineCommand } from '../command.ts'
import { FAIL_ON, type FailOn } from '../exit-code.ts'
import { MASK_ABOUT } from '../report-options.ts'
import { readVersion } from '../version.ts'
import { wholeNumber } from './target-options.ts'

interface AnalyzeOptions {
  format?: string
  cache?: CacheValue
  javaLayout?: GivenLayout
  memory?: number
  classes: number
  collections: number
  contents?: true
  flame?: string
  folded?: string
  speedscope?: string
  pprof?: string
  stacksFrom?: string
  json?: true
  markdown?: true
  failOn: FailOn
}

export const define: DefineCommand = (command, shell) => {
  addMemoryOption(addJavaLayoutOption(addCacheOption(command)))
    .description('Look at one heap snapshot or allocation profile: what is in it, what keeps most of it, what was proven lost.')
    .argument('<file...>', 'files of any format in `stillhere formats`; gzip and zstd are undone')
    .option('--format <name>', 'do not recognize the format, use this reader')
    .option('--classes <n>', 'rows of the class table', wholeNumber(0), 25)
    .option('--collections <n>', 'rows of the table of collections: entries, empty slots, what keys look like', wholeNumber(0), 10)
    .option('--contents', 'show keys of collections as they are: reports hold no contents otherwise')
    .option('--flame <file>', 'write an allocation profile as a flame graph (SVG)')
    .option('--folded <file>', 'write its stacks folded, one a line')
    .option('--speedscope <file>', 'write it for speedscope.app')
    .option('--pprof <file>', 'write it for `go tool pprof` and the like')
    .option('--stacks-from <file>', 'goroutines: share what all stacks take, as /debug/pprof/heap?debug=1 or /debug/vars of the same moment tells')
    .option('--mask', MASK_ABOUT)
    .addOption(command.createOption('--json', 'print the report as JSON').conflicts('markdown'))
    .option('--markdown', 'print the report as Markdown')
    .addOption(new Option('--fail-on <verdict>', 'mildest verdict that ends with exit code 1').choices(FAIL_ON).default('leak'))
    .addHelpText(
      'after',
      `
One snapshot shows what is big, not what leaks: for that, compare two or more
with \`stillhere diff\`.

Examples:
  $ stillhere analyze heap.heapsnapshot
  $ stillhere analyze heap.pb.gz --flame heap.svg
  $ stillhere analyze heap.heapsnapshot.gz --json | jq .details.classes`,
    )
    .action(async (files: string[], options: AnalyzeOptions) => {
      const places = { '--flame': options.flame, '--folded': options.folded, '--speedscope': options.speedscope, '--pprof': options.pprof }
      for (const [name, path] of Object.entries(places)) if (path !== undefined) expectPlaceFor(path, name)
      for (const file of files) {
        const report = await analyze({ file, version: readVersion(), format: options.format, cache: cacheOf(options.cache), javaLayout: options.javaLayout, memoryBytes: options.memory, classes: options.classes, collections: options.collections, contents: options.contents === true ? 'shown' : 'redacted', exports: { flame: options.flame, folded: options.folded, speedscope: options.speedscope, pprof: options.pprof }, stacksFrom: options.stacksFrom }, shell.run)
        shell.finish(report, options)
      }
    })
}
