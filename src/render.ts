/** `stillhere/render`: what shows a report. All pure, so they also run in a page. */
export { renderDot } from './render/dot.ts'
export { graphOfPaths } from './render/graph-of-paths.ts'
export { renderJson } from './render/json.ts'
export { renderMarkdown } from './render/markdown.ts'
export { renderMermaid } from './render/mermaid.ts'
export { renderSvg } from './render/svg.ts'
export { renderText, type TextOptions } from './render/text.ts'
