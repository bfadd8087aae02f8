import type { PathStep, RetainingPath } from '../../model/retaining-path.ts'
import { withKnownBeginning } from '../heap/path-beginnings.ts'

/**
 * The path in words of the program. An ES module keeps its variables and imports in records of V8's own (scope infos, a
 * hash table, a cell for each): `extension`, `[7]`, `[1]`, `[0]`, `[4]`, `value`; they become one step. And where the
 * path begins with the check that waits for its answer, the first step says so.
 */
export function readablePath(path: RetainingPath, isWaiting: boolean): RetainingPath {
  const steps: PathStep[] = []
  for (const [position, step] of path.steps.entries()) {
    if (step.edgeName === 'value' && path.steps[position - 1]?.nodeName === 'system / Cell') {
      while (steps.length > 1 && isModuleRecord(steps.at(-1)!)) steps.pop()
      steps.push({ ...step, edgeName: 'module variable', edgeKind: 'internal' })
    } else steps.push(step)
  }
  if (!isWaiting || steps.length < 2) return withKnownBeginning({ ...path, steps })
  const first = { ...steps[0]!, nodeName: WAITING, nodeKind: 'synthetic' as const, location: undefined }
  return { ...path, root: WAITING, steps: [first, ...steps.slice(1)] }
}

const WAITING = 'the function that waits for this check'

function isModuleRecord({ nodeKind, nodeName }: PathStep): boolean {
  return nodeKind === 'array' || nodeKind === 'hidden' || nodeKind === 'code' || nodeName.startsWith('system / ')
}
