import { explainWhy } from '../../jobs/why.ts'
import { renderDot } from '../../render/dot.ts'
import { renderMermaid } from '../../render/mermaid.ts'
import { renderSvg } from '../../render/svg.ts'
import { maskGraph } from '../../render/mask.ts'
import { addCacheOption, cacheOf, type CacheValue } from '../cache-option.ts'
import { addJavaLayoutOption, type GivenLayout } from '../java-layout-option.ts'
import { addMemoryOption } from '../memory-option.ts'
import type { DefineCommand } from '../command.ts'
import { MASK_ABOUT } from '../report-options.ts'
import { readVersion } from '../version.ts'
import { wholeNumber } from './target-options.ts'

interface WhyOptions {
  paths: number
  contents?: true
  format?: string
  cache?: CacheValue
  javaLayout?: GivenLayout
  memory?: number
  dot?: true
  svg?: true
  mermaid?: true
  json?: true
  markdown?: true
}

export const define: DefineCommand = (command, shell) => {
  addMemoryOption(addJavaLayoutOption(addCacheOption(command)))
    .description('Say why objects of a heap snapshot are still here: the best path from a root to each.')
    .argument('<file>', 'a heap snapshot')
    .argument('<selector>', '@id, a class name, or a string in quotes')
    .option('--paths <n>', 'different paths to show', wholeNumber(1), 5)
    .option('--contents', 'of a collection show keys as they are: reports hold no contents otherwise')
    .option('--format <name>', 'do not recognize the format, use this reader')
    .addOption(command.createOption('--dot', 'print the paths as a Graphviz graph').conflicts(['svg', 'mermaid', 'json', 'markdown']))
    .addOption(command.createOption('--svg', 'print the paths as an SVG picture').conflicts(['mermaid', 'json', 'markdown']))
    .addOption(command.createOption('--mermaid', 'print the paths as a Mermaid flowchart').conflicts(['json', 'markdown']))
    .option('--mask', MASK_ABOUT)
    .addOption(command.createOption('--json', 'print the report as JSON').conflicts('markdown'))
    .option('--markdown', 'print the report as Markdown')
    .addHelpText(
      'after',
      `
Examples:
  $ stillhere why heap.heapsnapshot Session
  $ stillhere why heap.heapsnapshot @48213
  $ stillhere why heap.heapsnapshot '"user-17"'
  $ stillhere why heap.heapsnapshot Session --svg > why.svg`,
    )
    .action(async (file: string, selector: string, options: WhyOptions) => {
      const isDrawn = options.dot ?? options.svg ?? options.mermaid ?? false
      const { report, graph: given } = await explainWhy({ file, selector, paths: options.paths, picture: isDrawn ? 'wanted' : 'not wanted', contents: options.contents === true ? 'shown' : 'redacted', format: options.format, cache: cacheOf(options.cache), javaLayout: options.javaLayout, memoryBytes: options.memory, version: readVersion(), cwd: process.cwd() }, shell.run)
      const drawing = { title: `why ${shell.masker === undefined ? selector : shell.masker.className(selector)}` }
      if (given === undefined) return shell.finish(report, options)
      const graph = shell.masker === undefined ? given : maskGraph(given, shell.masker)
      if (options.dot === true) shell.write(renderDot(graph, drawing))
      else if (options.svg === true) shell.write(await renderSvg(graph, drawing))
      else shell.write(renderMermaid(graph))
    })
}
