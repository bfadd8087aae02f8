/**
 * `node --import stillhere/register app.js`: watches without a change of the program's code. Settings come from the
 * environment; docs/concepts/should-go-away.md lists them. Nothing is printed but Node's own warnings.
 */
import { subscribe } from 'node:diagnostics_channel'
import { constants } from 'node:os'
import { setHeapSnapshotNearHeapLimit } from 'node:v8'
import { isMainThread } from 'node:worker_threads'
import { watchEnds, WATCHED_ENDS } from './automatic-watches.ts'
import type { WatchedFinding } from './explanation.ts'
import { publishMemory } from './publish-memory.ts'
import { shouldGoAway } from './should-go-away.ts'
import { watchClasses } from './watched-classes.ts'

const settings = readSettings(process.env)
shouldGoAway.configure({ explain: settings.explain, folder: settings.folder, misuse: 'report', ...(settings.within === undefined ? {} : { within: settings.within }) })

const ends = WATCHED_ENDS.filter((end) => settings.watch.includes(end))
watchEnds(shouldGoAway, ends)
const classes = settings.watch.filter((name) => !(WATCHED_ENDS as readonly string[]).includes(name))
if (classes.length > 0 && !watchClasses(shouldGoAway, classes, settings.within)) {
  warn(`STILLHERE_WATCH: classes by name (${classes.join(', ')}) need Node 22.15 or newer; ${WATCHED_ENDS.join(', ')} work here`)
}

if (settings.measure && isMainThread && process.platform === 'linux') attempt('STILLHERE_MEASURE', () => publishMemory())
if (settings.nearLimit > 0 && isMainThread) attempt('STILLHERE_NEAR_LIMIT', () => setHeapSnapshotNearHeapLimit(settings.nearLimit))
if (settings.signal !== undefined && isMainThread && !(settings.signal in constants.signals)) {
  warn(`STILLHERE_SIGNAL: expected the name of a signal, such as SIGUSR2, found ${settings.signal}`)
} else if (settings.signal !== undefined && isMainThread) {
  attempt('STILLHERE_SIGNAL', () => process.on(settings.signal!, () => {
    void shouldGoAway.explain().then(({ outcome, reason, folder }) => {
      if (outcome !== 'explained') warn(reason ?? outcome)
      else if (folder !== undefined) warn(`report written to ${folder}`)
    })
  }))
}

subscribe('stillhere:explained', (message) => {
  const { labels, text, seenBefore, finding } = message as WatchedFinding & { seenBefore: boolean }
  if (!seenBefore && finding.verdict === 'leak') warn(`still here: ${labels.join(', ')}\n${text}`)
})
subscribe('stillhere:declined', (message) => warn(`no snapshot: ${(message as { reason: string }).reason}`))

interface Settings {
  watch: string[]
  within: number | undefined
  explain: 'never' | 'ask' | 'auto'
  folder: string | undefined
  signal: NodeJS.Signals | undefined
  nearLimit: number
  measure: boolean
}

function readSettings(env: NodeJS.ProcessEnv): Settings {
  const within = numberOf(env, 'STILLHERE_WITHIN', 'milliseconds, 0 or more')
  const explain = env['STILLHERE_EXPLAIN'] ?? 'auto'
  const known = explain === 'never' || explain === 'ask' || explain === 'auto'
  if (!known) warn(`STILLHERE_EXPLAIN: expected never, ask or auto, found ${explain}; ask is used`)
  return {
    watch: (env['STILLHERE_WATCH'] ?? WATCHED_ENDS.join(',')).split(',').map((name) => name.trim()).filter((name) => name !== ''),
    within,
    explain: known ? explain : 'ask',
    folder: env['STILLHERE_FOLDER'],
    signal: env['STILLHERE_SIGNAL'] as NodeJS.Signals | undefined,
    measure: !['', '0'].includes(env['STILLHERE_MEASURE'] ?? ''),
    nearLimit: Math.trunc(numberOf(env, 'STILLHERE_NEAR_LIMIT', 'how many snapshots, 0 or more') ?? 0),
  }
}

function numberOf(env: NodeJS.ProcessEnv, setting: string, allowed: string): number | undefined {
  const text = env[setting] ?? ''
  if (text === '') return undefined
  const number = Number(text)
  if (Number.isFinite(number) && number >= 0) return number
  warn(`${setting}: expected ${allowed}, found ${text}; it is left out`)
  return undefined
}

/** A wrong setting must not stop the program that we were loaded into. */
function attempt(setting: string, work: () => unknown): void {
  try {
    work()
  } catch (error) {
    warn(`${setting}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function warn(text: string): void {
  process.emitWarning(text, { type: 'Stillhere' })
}
