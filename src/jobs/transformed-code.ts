import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { Finding } from '../model/finding.ts'
import type { SourceLocation } from '../model/heap-graph.ts'

/**
 * Leads places in code that was transformed in memory (a test runner's modules: same file name, other lines) back to
 * the file. `maps`: by file, its source map as base64. Changes the findings given; a map that cannot be read is left.
 */
export function mapTransformedCode(findings: readonly Finding[], maps: Readonly<Record<string, string>>): void {
  const traced = new Map<string, TraceMap | undefined>()
  const mapOf = (file: string): TraceMap | undefined => {
    if (!traced.has(file)) traced.set(file, maps[file] === undefined ? undefined : readMap(maps[file]))
    return traced.get(file)
  }
  const places = new Set<SourceLocation>()
  for (const finding of findings) {
    for (const place of [finding.location, ...(finding.allocatedAt ?? []), ...finding.paths.flatMap((path) => path.steps.map((step) => step.location))]) {
      if (place !== undefined) places.add(place)
    }
  }
  for (const place of places) {
    const file = place.file.startsWith('file:') ? fileURLToPath(place.file) : place.file
    const map = mapOf(file)
    if (map === undefined) continue
    const original = originalPositionFor(map, { line: place.line, column: Math.max(0, (place.column ?? 1) - 1) })
    if (original.source === null || original.line === null) continue
    Object.assign(place, { file: resolve(dirname(file), original.source), line: original.line, column: original.column + 1 })
  }
}

function readMap(base64: string): TraceMap | undefined {
  try {
    return new TraceMap(Buffer.from(base64, 'base64').toString('utf8'))
  } catch {
    return undefined
  }
}
