import type { PathStep, RetainingPath } from '../../model/retaining-path.ts'

const LOADER_OF_COMMONJS = 'node:internal/modules/cjs/loader'

/**
 * The path from where a reader begins to know it: a runtime's own way to a class, to a module or into its table of
 * handles says nothing, and is told in a word. Only what is fine is left out, and nothing that has a note.
 */
export function withKnownBeginning(path: RetainingPath): RetainingPath {
  return fromItsClass(path) ?? fromItsModule(path) ?? fromItsRoots(path) ?? path
}

/** A JVM's class is held by the list of its loader. */
function fromItsClass(path: RetainingPath): RetainingPath | undefined {
  const at = path.steps.findIndex((step) => step.nodeKind === 'class')
  const loader = path.steps.findIndex((step) => step.nodeKind === 'class-loader')
  if (loader < 0 || at <= loader || path.steps[loader + 1]?.edgeName !== 'classes') return undefined
  const first = path.steps[at]!
  const note = [`held by its loader, ${path.steps[loader]!.nodeName}`, first.note].filter((part) => part !== undefined).join('; ')
  return { ...path, root: first.nodeName, steps: [{ ...first, note }, ...path.steps.slice(at + 1)] }
}

/**
 * A module of Node: an ES module's variables hang on a generator at its first line, below its record; a CommonJS
 * module is an object of the loader's, held by its cache and by those that require it.
 */
function fromItsModule(path: RetainingPath): RetainingPath | undefined {
  const { steps } = path
  const at = steps.findLastIndex((step, index) => step.nodeName === 'Generator' ? steps[index - 1]?.nodeName === 'system / SourceTextModule' : step.nodeName === 'Module' && step.location?.file === LOADER_OF_COMMONJS)
  if (at < 1 || at === steps.length - 1 || !steps.slice(0, at + 1).every(isPlain)) return undefined
  const { location, ...module } = steps[at]!
  const first: PathStep = { ...module, edgeKind: 'internal', edgeName: 'module', nodeKind: 'synthetic', nodeName: 'module', ...(location?.file === LOADER_OF_COMMONJS ? {} : { location }) }
  return { ...path, root: 'module', steps: [first, ...steps.slice(at + 1)] }
}

/** `(GC roots)` is what all of them are; which of them is the one below. */
function fromItsRoots(path: RetainingPath): RetainingPath | undefined {
  const [roots, group, ...rest] = path.steps
  if (roots?.nodeName !== '(GC roots)' || group?.nodeKind !== 'synthetic' || rest.length === 0 || !isPlain(roots) || !isPlain(group)) return undefined
  return { ...path, root: group.nodeName, steps: [group, ...rest] }
}

function isPlain({ status, reason, note }: PathStep): boolean {
  return status === 'fine' && reason === undefined && note === undefined
}
