import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { AllocationProfileBuilder, type Frame, type SiteValues } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asList, asNumber, asObject, asText, type Json, type JsonObject, jsonInput } from './json-input.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'

const FORMAT = 'speedscope'

/**
 * Speedscope's JSON (schema: https://www.speedscope.app/file-format-schema.json), every version so far: sampled and
 * evented profiles; several in one file are added up.
 *
 * Profiles whose unit is `bytes` become `liveBytes`; the format cannot say whether these are live, at the peak or
 * ever allocated: memray exports its peak. Other units are kept as counts with the unit's name and a notice says that
 * this is not memory; when a file holds both, only its bytes are read.
 */
export const speedscope: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'speedscope JSON',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (!/^\s*\{/.test(text)) return 'no'
    if (/"\$schema"\s*:\s*"https?:\/\/(?:www\.)?speedscope\.app\//.test(text)) return 'certain'
    return /"shared"\s*:\s*\{\s*"frames"/.test(text) || /"type"\s*:\s*"(?:sampled|evented)"/.test(text) ? 'likely' : 'no'
  },
  async read(input, run) {
    run.progress({ step: 'reading the profiles', done: 0 })
    const refuse: Refuse = (what, expected, found) => {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected: `${what} to be ${expected}`, found: found.slice(0, 80) })
    }
    const file = asObject(await jsonInput(input, FORMAT, run)) ?? refuse('the file', 'an object', 'another value')
    const shared = asObject(file['shared'])
    const listed = asList(shared?.['frames']) ?? asList(file['frames']) ?? refuse('shared.frames', 'a list', 'none')
    const frames = listed.map((each, index) => frameOf(each, index, refuse))
    const profiles = (asList(file['profiles']) ?? refuse('profiles', 'a list', 'none')).map(
      (each, index) => asObject(each) ?? refuse(`profiles[${index}]`, 'an object', 'another value'),
    )
    if (profiles.length === 0) refuse('profiles', 'a list with one at least', 'an empty one')
    const unitOf = (profile: JsonObject): string => asText(profile['unit']) ?? 'none'
    const hasBytes = profiles.some((profile) => unitOf(profile) === 'bytes')
    const read = hasBytes ? profiles.filter((profile) => unitOf(profile) === 'bytes') : profiles
    const unit = hasBytes ? 'bytes' : unitOf(read[0]!)

    const source: Source = { name: input.name, format: FORMAT, idsAreStable: false, notices: [] }
    const builder = new AllocationProfileBuilder(source)
    const values = (weight: number): SiteValues => (hasBytes ? { liveBytes: weight } : { liveCount: weight })
    builder.add(0, values(0))
    for (const [index, profile] of read.entries()) {
      const add = (stack: readonly number[], weight: number): void => {
        let site = 0
        for (const frame of stack) site = builder.site(site, builder.frame(frames[frame]!))
        builder.add(site, values(weight))
      }
      if (profile['type'] === 'sampled') addSamples(profile, index, { frameCount: frames.length, add, refuse, run })
      else if (profile['type'] === 'evented') addEvents(profile, index, { frameCount: frames.length, builder, frames, values, refuse, run, source })
      else refuse(`profiles[${index}].type`, "'sampled' or 'evented'", JSON.stringify(profile['type'] ?? null))
    }
    if (read.length < profiles.length) addNotice(source, { code: 'other-units', count: profiles.length - read.length, message: 'profiles of the same file in other units than bytes were passed over' })
    if (!hasBytes) {
      addNotice(source, { code: 'not-memory', message: unit === 'none' ? 'the profile does not say what it counts; it may not be memory' : `this profile counts ${unit.slice(0, 40)}, not memory` })
    }
    return builder.build({ unit: hasBytes ? 'blocks' : unit === 'none' ? 'weights' : unit.slice(0, 40) })
  },
}

type Refuse = (what: string, expected: string, found: string) => never

function frameOf(each: Json, index: number, refuse: Refuse): Frame {
  const frame = asObject(each)
  const functionName = asText(frame?.['name']) ?? refuse(`shared.frames[${index}].name`, 'a text', 'none')
  const file = asText(frame?.['file'])
  const place = (key: string): number => {
    const value = asNumber(frame?.[key])
    return value !== undefined && Number.isInteger(value) && value > 0 && value < 0xffffffff ? value : 0
  }
  return { functionName, ...(file === undefined ? {} : { file }), line: place('line'), column: place('col') }
}

function addSamples(
  profile: JsonObject,
  index: number,
  { frameCount, add, refuse, run }: { frameCount: number; add: (stack: readonly number[], weight: number) => void; refuse: Refuse; run: Run },
): void {
  const samples = asList(profile['samples']) ?? refuse(`profiles[${index}].samples`, 'a list', 'none')
  const weights = asList(profile['weights']) ?? []
  if (weights.length > 0 && weights.length !== samples.length) refuse(`profiles[${index}].weights`, `${samples.length} numbers`, String(weights.length))
  for (const [at, each] of samples.entries()) {
    if (at % 4096 === 0) run.checkpoint()
    const stack = asList(each) ?? refuse(`profiles[${index}].samples[${at}]`, 'a list of frame numbers', 'another value')
    for (const frame of stack) {
      if (typeof frame !== 'number' || !Number.isInteger(frame) || frame < 0 || frame >= frameCount) {
        refuse(`profiles[${index}].samples[${at}]`, `frame numbers below ${frameCount}`, JSON.stringify(frame))
      }
    }
    const weight = weights.length === 0 ? 1 : (asNumber(weights[at]) ?? refuse(`profiles[${index}].weights[${at}]`, 'a number', JSON.stringify(weights[at])))
    add(stack as number[], weight)
  }
}

interface EventedPlace {
  frameCount: number
  builder: AllocationProfileBuilder
  frames: readonly Frame[]
  values: (weight: number) => SiteValues
  refuse: Refuse
  run: Run
  source: Source
}

/** Open and close events: between two events the innermost open frame gets the distance between them. */
function addEvents(profile: JsonObject, index: number, { frameCount, builder, frames, values, refuse, run, source }: EventedPlace): void {
  const events = asList(profile['events']) ?? refuse(`profiles[${index}].events`, 'a list', 'none')
  const open: { frame: number; site: number }[] = []
  let lastAt = asNumber(profile['startValue']) ?? 0
  const spend = (until: number): void => {
    const site = open.at(-1)?.site
    if (site !== undefined) builder.add(site, values(until - lastAt))
    lastAt = until
  }
  for (const [number, each] of events.entries()) {
    if (number % 4096 === 0) run.checkpoint()
    const where = `profiles[${index}].events[${number}]`
    const event = asObject(each)
    const frame = asNumber(event?.['frame'])
    const at = asNumber(event?.['at'])
    if (frame === undefined || !Number.isInteger(frame) || frame < 0 || frame >= frameCount) return refuse(`${where}.frame`, `a frame number below ${frameCount}`, JSON.stringify(event?.['frame'] ?? null))
    if (at === undefined || at < lastAt) return refuse(`${where}.at`, `a number not below ${lastAt}`, JSON.stringify(event?.['at'] ?? null))
    spend(at)
    if (event?.['type'] === 'O') {
      open.push({ frame, site: builder.site(open.at(-1)?.site ?? 0, builder.frame(frames[frame]!)) })
    } else if (event?.['type'] === 'C') {
      const top = open.pop()
      if (top?.frame !== frame) refuse(`${where}.frame`, top === undefined ? 'nothing: no frame is open' : `the innermost open frame, ${top.frame}`, String(frame))
    } else refuse(`${where}.type`, "'O' or 'C'", JSON.stringify(event?.['type'] ?? null))
  }
  if (open.length === 0) return
  const end = asNumber(profile['endValue'])
  if (end !== undefined && end >= lastAt) spend(end)
  addNotice(source, { code: 'frames-left-open', count: open.length, message: 'frames that are opened and never closed; they count until the end of the profile' })
}
