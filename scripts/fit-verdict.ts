// Fits the weights of the memory verdict and writes them to src/analysis/series/verdict-weights.ts.
//
//   node scripts/fit-verdict.ts [--traces DIR]... [--series 4000] [--folds 5] [--hold DIR] [--check]
//
// Learns from generated series (test/support/generated-series.ts) and, with --traces, from recorded ones: a folder with
// labels.json and the CSV files it names (scripts/fit/record-programs.ts makes such folders). Recorded traces are first held out
// fold by fold, each with all its prefixes, so that the printed figures are of programs the trees had not seen; with --hold only
// those of one folder are. The weights written are then fitted on everything. --check prints figures only.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { caseFacts, NUMBER_NAMES } from '../src/analysis/series/features.ts'
import { isAlarm, logistic, sumTrees, type Tree, type VerdictWeights } from '../src/analysis/series/forest.ts'
import { drawSignals } from '../src/analysis/series/signals.ts'
import { startRun } from '../src/base/run.ts'
import { fileSource } from '../src/jobs/file-source.ts'
import type { MemorySeries } from '../src/model/memory-series.ts'
import { csvSeries } from '../src/readers/csv-series.ts'
import { generateSeries } from '../test/support/generated-series.ts'
import { binColumns, boostBinary, boostClasses, type BoostOptions } from './fit/boosting.ts'

const { values: options } = parseArgs({
  options: {
    traces: { type: 'string', multiple: true, default: [] },
    series: { type: 'string', default: '4000' },
    folds: { type: 'string', default: '5' },
    hold: { type: 'string', default: '' },
    check: { type: 'boolean', default: false },
  },
})

const CLASSES = ['stable', 'warmup', 'plateau', 'sawtooth', 'step', 'diurnal', 'burst'] as const
const SHARES = [0.5, 0.6, 0.7, 0.8, 0.9, 1]
/** Further looks back that only judging needs. */
const EARLY = [0.3, 0.36, 0.42, 0.48, 0.56, 0.64, 0.72]
const THRESHOLDS: VerdictWeights['thresholds'] = { leak: 0.6, leakFromOutside: -0.3, growing: 0.3 }
const LEAK: BoostOptions = { rounds: 220, depth: 6, rate: 0.065, leaf: 5, ridge: 3, rowShare: 0.7, columnShare: 0.25, seed: 1 }
/**
 * Numbers that speak for a leak the larger they are, all else being equal, and one that speaks against it. The trees may not turn that
 * round where recordings are few: what is left of it in them is chance.
 */
const FOR_A_LEAK = ['growing', 'margin', 'trend', 'slope-t', 'beside-score', 'evenness', 'late-60-trend', 'few-trend', 'full-trend', 'spread', 'late-trend', 'remainder-growing', 'external-growing', 'shared-growing']
const AGAINST_ONE = ['largest']
const DIRECTION = Int8Array.from(NUMBER_NAMES, (name) => {
  const plain = name.slice(name.indexOf('.') + 1)
  return FOR_A_LEAK.includes(plain) ? 1 : AGAINST_ONE.includes(plain) ? -1 : 0
})
/** Which number says how far live memory can be believed; 0: there is none, and the verdict is one from outside. */
const EXACTNESS = NUMBER_NAMES.indexOf('exactness')
const CLASS: BoostOptions = { ...LEAK, rounds: 40, depth: 3, rate: 0.15, leaf: 8 }
/** Trees grown with a ridge and few rounds are too modest: on held-out programs the odds are truer this much further from even. */
const SHARPNESS = 1.3
/** How much a view counts: programs most, since they are few and real. */
const WEIGHT = { program: 6, synthetic: 2, generated: 0.4, prefix: 0.5, generatedPrefix: 0.6, fromOutside: 1 }

/** From this share of the time in which a generated cache fills its bend can be seen; before, nothing tells it from a leak. */
const CLEAR = 0.6

interface Row {
  /** Empty for a generated series. */
  trace: string
  isProgram: boolean
  evidence: 'all' | 'process'
  share: number
  isLeak: boolean
  /** Classes that count as right, the truest first. */
  fair: string[]
  weight: number
  /** It has come to what its class is named for. */
  isSettled: boolean
  numbers: Float64Array
}

const rows: Row[] = []

function addRow(series: MemorySeries, row: Omit<Row, 'numbers'>): void {
  rows.push({ ...row, numbers: caseFacts(drawSignals(series, { evidence: row.evidence, share: row.share })).numbers })
}

interface Label {
  file: string
  label: string
  accept: string[]
  origin: string
  leakStart: number | null
}

async function addTraces(folder: string): Promise<void> {
  for (const label of JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')) as Label[]) {
    const series = await csvSeries.read(await fileSource(join(folder, label.file)), startRun())
    const span = (series.timeMs.at(-1)! - series.timeMs[0]!) / 1000
    for (const evidence of ['all', 'process'] as const) {
      for (const share of isHeld(folder) ? [...SHARES, ...EARLY] : SHARES) {
        // Before it has leaked for a while nothing can be seen of a leak, and nothing is to be learnt.
        const isBlind = EARLY.includes(share) || (label.label === 'leak' && (label.leakStart ?? 0) > 0.75 * span * share)
        const weight = isBlind ? 0 : (label.origin === 'real' ? WEIGHT.program : WEIGHT.synthetic) * (share < 1 ? WEIGHT.prefix : 1) * (evidence === 'process' ? WEIGHT.fromOutside : 1)
        addRow(series, { trace: join(folder, label.file), isProgram: label.origin === 'real', evidence, share, isLeak: label.label === 'leak', fair: [label.label, ...label.accept], weight, isSettled: true })
      }
    }
  }
}

/** Held out once, to be judged by trees that have not seen it. */
function isHeld(path: string): boolean {
  return Number(options.folds) > 1 && path.startsWith(options.hold)
}

function addGenerated(count: number): void {
  for (let seed = 1; seed <= count; seed++) {
    const { series, label, accept, leakStart, settledAt } = generateSeries(seed)
    const span = series.timeMs.at(-1)! / 1000
    const part = (salt: number): number => 0.45 + (0.5 * ((seed * salt) % 100)) / 100
    const views: [Row['evidence'], number][] = [['all', 1], ['all', part(7919)], ['process', seed % 2 === 0 ? 1 : part(104729)]]
    for (const [evidence, share] of views) {
      if (share < 1 && (label === 'leak' ? leakStart > 0.75 * span * share : settledAt * CLEAR > span * share)) continue
      const weight = WEIGHT.generated * (share < 1 ? WEIGHT.generatedPrefix : 1) * (evidence === 'process' ? WEIGHT.fromOutside : 1)
      addRow(series, { trace: '', isProgram: false, evidence, share, isLeak: label === 'leak', fair: [label, ...accept], weight, isSettled: share === 1 || settledAt * 1.25 <= span * share })
    }
  }
}

function fit(training: readonly Row[]): VerdictWeights {
  const leak = averaged(training)
  const harmless = training.filter((row) => !row.isLeak && row.isSettled)
  const fair = harmless.map((row) => row.fair.map((name) => CLASSES.indexOf(name as (typeof CLASSES)[number])).filter((k) => k >= 0))
  const classes = boostClasses(binColumns(harmless.map((row) => row.numbers)), fair, harmless.map((row) => row.weight), CLASSES.length, CLASS)
  return { leak, classes: CLASSES.map((name, k) => ({ name, trees: classes[k]!.trees })), thresholds: THRESHOLDS }
}

/** Two forests grown with other draws, averaged on the logit scale: what only one of them believes counts half. */
function averaged(training: readonly Row[]): VerdictWeights['leak'] {
  const data = binColumns(training.map((row) => row.numbers))
  const forests = [1, 78].map((seed) => boostBinary(data, training.map((row) => Number(row.isLeak)), training.map((row) => row.weight), { ...LEAK, seed, direction: DIRECTION }))
  const halved = (tree: Tree): Tree => ({ ...tree, value: tree.value.map((value, node) => (tree.feature[node]! < 0 ? (SHARPNESS * value) / 2 : value)) })
  return { start: SHARPNESS * forests[0]!.start, trees: forests.flatMap(({ trees }) => trees.map(halved)) }
}

function classOf(weights: VerdictWeights, row: Row): string {
  const scores = weights.classes.map(({ trees }) => sumTrees(trees, 0, row.numbers))
  return weights.classes[scores.indexOf(Math.max(...scores))]!.name
}

/** Figures of held-out traces at full length, and of their prefixes from half the length on. */
function printFigures(title: string, held: ReadonlyMap<Row, { logit: number; name: string }>, among: (row: Row) => boolean): void {
  const views = new Map<string, Map<number, Row>>()
  for (const row of held.keys()) {
    const key = `${row.trace} ${row.evidence}`
    views.set(key, (views.get(key) ?? new Map<number, Row>()).set(row.share, row))
  }
  const full = [...held.keys()].filter((row) => row.share === 1 && among(row))
  const at = (row: Row, share: number): number => {
    const known = views.get(`${row.trace} ${row.evidence}`)!
    const nearest = [...known.keys()].reduce((a, b) => (Math.abs(b - share) < Math.abs(a - share) ? b : a))
    return held.get(known.get(nearest)!)!.logit
  }
  const alarm = (row: Row, share: number): boolean => isAlarm(THRESHOLDS, row.numbers[EXACTNESS] === 0, at(row, share), (part) => at(row, share * part))
  const leaks = full.filter((row) => row.isLeak)
  const others = full.filter((row) => !row.isLeak)
  const found = leaks.filter((row) => alarm(row, 1)).length
  const wrong = others.filter((row) => alarm(row, 1)).length
  const ever = others.filter((row) => [0.5, 0.6, 0.7, 0.8, 0.9, 1].some((share) => alarm(row, share))).length
  const named = others.filter((row) => !alarm(row, 1) && row.fair.includes(held.get(row)!.name)).length
  const brier = full.reduce((sum, row) => sum + (logistic(held.get(row)!.logit) - Number(row.isLeak)) ** 2, 0) / full.length
  const text = (value: number): string => value.toFixed(3)
  console.log(`${title.padEnd(26)} ${full.length} traces  precision ${text(found / (found + wrong))}  recall ${text(found / leaks.length)}  false alarms ${text(wrong / others.length)}, ever ${text(ever / others.length)}  class ${text(named / others.length)}  Brier ${text(brier)}`)
  if (process.env['DETAIL'] !== undefined) for (const row of full) if (alarm(row, 1) !== row.isLeak) console.log(`  ${row.trace} ${row.fair[0]} ${[1, 0.8, 0.6].map((share) => logistic(at(row, share)).toFixed(2)).join(' ')}`)
}

function crossValidate(folds: number): void {
  const held = new Map<Row, { logit: number; name: string }>()
  const traces = [...new Set(rows.map((row) => row.trace))].filter((trace) => trace !== '' && isHeld(trace))
  for (let fold = 0; fold < folds; fold++) {
    const out = new Set(traces.filter((_, i) => (i * 7 + Math.floor(i / 5)) % folds === fold))
    const weights = fit(rows.filter((row) => row.weight > 0 && !out.has(row.trace)))
    for (const row of rows) if (out.has(row.trace)) held.set(row, { logit: sumTrees(weights.leak.trees, weights.leak.start, row.numbers), name: classOf(weights, row) })
  }
  printFigures('held out, all', held, (row) => row.evidence === 'all')
  printFigures('held out, programs', held, (row) => row.evidence === 'all' && row.isProgram)
  printFigures('held out, from outside', held, (row) => row.evidence === 'process')
  printFigures('programs, from outside', held, (row) => row.evidence === 'process' && row.isProgram)
}

function writeWeights(weights: VerdictWeights): void {
  const short = (value: number): number => Number(value.toPrecision(4))
  const tree = ({ feature, value, missing }: Tree): string => JSON.stringify([feature.map((each, node) => (each < 0 ? -1 : 2 * each + missing[node]!)), value.map(short)])
  const lines = [
    `// Written by scripts/fit-verdict.ts; do not edit. Each row is one tree, packed: see unpackTree.`,
    `import { type PackedTree, unpackTree, type VerdictWeights } from './forest.ts'`,
    ``,
    `const LEAK: readonly PackedTree[] = [`,
    ...weights.leak.trees.map((each) => `  ${tree(each)},`),
    `]`,
    ``,
    `const CLASSES: readonly { name: VerdictWeights['classes'][number]['name']; rows: readonly PackedTree[] }[] = [`,
    ...weights.classes.flatMap(({ name, trees }) => [`  { name: '${name}', rows: [`, ...trees.map((each) => `    ${tree(each)},`), `  ] },`]),
    `]`,
    ``,
    `export const VERDICT_WEIGHTS: VerdictWeights = {`,
    `  leak: { start: ${short(weights.leak.start)}, trees: LEAK.map(unpackTree) },`,
    `  classes: CLASSES.map(({ name, rows }) => ({ name, trees: rows.map(unpackTree) })),`,
    `  thresholds: ${JSON.stringify(weights.thresholds).replaceAll('"', '').replaceAll(':', ': ').replaceAll(',', ', ').replace('{', '{ ').replace('}', ' }')},`,
    `}`,
    ``,
  ]
  writeFileSync(join(import.meta.dirname, '..', 'src', 'analysis', 'series', 'verdict-weights.ts'), lines.join('\n'))
}

for (const folder of options.traces) await addTraces(folder)
addGenerated(Number(options.series))
console.log(`${rows.length} views of ${options.series} generated and ${new Set(rows.map((row) => row.trace)).size - 1} recorded series`)
if (!options.check) writeWeights(fit(rows.filter((row) => row.weight > 0)))
if (options.traces.length > 0 && Number(options.folds) > 1) crossValidate(Number(options.folds))
