import { closeSync, openSync, readSync } from 'node:fs'
import { bytesText } from '../../base/bytes-text.ts'
import { ReadError } from '../../base/errors.ts'
import { addNotice, type Source } from '../../model/source.ts'
import type { ReadAt } from '../../readers/v8-heapsnapshot/find-edges.ts'
import type { Header } from '../../readers/v8-heapsnapshot/header.ts'
import { lookAhead } from '../../readers/v8-heapsnapshot/look-ahead.ts'
import { FORMAT, type ParserOptions } from '../../readers/v8-heapsnapshot/parser.ts'
import { type Forecast, forecastMemory, LOST, MEMORY_STEPS, type MemoryStep, type Purpose, stepThatFits } from './forecast.ts'
import { type Room, roomFor } from './memory-room.ts'

/** How a snapshot will be opened, and why so. */
export interface MemoryPlan {
  /** Undefined when there is too little memory for any. */
  step: MemoryStep | undefined
  /** The step that would be taken on a machine with more memory. */
  most: MemoryStep
  forecast: Forecast
  /** What the process will have taken at its peak, all in all: of the step taken, or of the last one. */
  neededBytes: number
  room: Room | undefined
}

/** From this size on it is worth looking at the file for what the header does not say. */
const WORTH_A_LOOK_BYTES = 128_000_000

/** Room for the code of its engine, its stack, its part of the allocator: 150 MB when it starts. */
const ADDRESSES_OF_A_THREAD = 200_000_000

/** Forecasts what opening a snapshot takes and chooses the step that fits. Cost: nothing for small files, a hundred small reads for big ones. */
export function planMemory(path: string, sizeBytes: number, header: Header, { most, limitBytes, purpose }: { most: MemoryStep; limitBytes?: number | undefined; purpose?: Purpose | undefined }): MemoryPlan {
  const room = roomFor(limitBytes)
  let forecast = forecastMemory(header, sizeBytes, { purpose })
  if (sizeBytes >= WORTH_A_LOOK_BYTES || forecast[most] > (room?.bytes ?? Infinity)) forecast = forecastMemory(header, sizeBytes, { look: lookAhead(readerOf(path), sizeBytes, header), purpose })
  if (room?.isOfAddresses === true) forecast = { ...forecast, 'two-threads': forecast['two-threads'] + ADDRESSES_OF_A_THREAD }
  const step = room === undefined ? most : stepThatFits(forecast, room.bytes, most)
  return { step, most, forecast, neededBytes: process.memoryUsage.rss() + forecast[step ?? 'nodes-only'], room }
}

/** What the reader is told at this step. */
export function readingAt(step: MemoryStep, path: string): Pick<ParserOptions, 'locations' | 'stringsFrom'> {
  const at = MEMORY_STEPS.indexOf(step)
  return {
    locations: at >= MEMORY_STEPS.indexOf('no-locations') ? 'left out' : 'read',
    stringsFrom: at >= MEMORY_STEPS.indexOf('strings-in-file') ? readerOf(path) : undefined,
  }
}

/** Counts a notice for every step that was taken down: what is lost by it, and the figures that made it so. */
export function tellSteps(source: Source, { step, most, forecast, room }: MemoryPlan): void {
  if (step === undefined || room === undefined) return
  const { bytes, heldBytes } = room
  const from = MEMORY_STEPS.indexOf(most)
  for (let at = from + 1; at <= MEMORY_STEPS.indexOf(step); at++) {
    const [above, taken] = [MEMORY_STEPS[at - 1]!, MEMORY_STEPS[at]!]
    addNotice(source, {
      code: `memory-${taken}`,
      message: `${bytesText(heldBytes + bytes)} of memory can be had (${room.because}), ${at === from + 1 ? 'opening it whole' : 'even so'} would take about ${bytesText(heldBytes + forecast[above])}. ${LOST[taken]}`,
    })
  }
}

/** What says that a snapshot does not fit, not even at `last`, the least that would do. */
export function notEnoughMemory(path: string, { forecast, most, room }: MemoryPlan, last: MemoryStep): ReadError {
  const heldBytes = room?.heldBytes ?? process.memoryUsage.rss()
  return new ReadError({
    file: path,
    format: FORMAT,
    position: { kind: 'whole' },
    expected: `about ${bytesText(heldBytes + forecast[last])} of memory, the least it can be opened with (${bytesText(heldBytes + forecast[most])} to do it quickly and whole)`,
    found: `${bytesText(heldBytes + (room?.bytes ?? 0))}: ${room?.because ?? 'unknown'}`,
    hint:
      last === 'nodes-only'
        ? 'Nothing was read. Open it where there is more memory, or say how much may be taken: --memory 4GB.'
        : 'Nothing was read. `stillhere analyze` tells classes with less; or open it where there is more memory, or say how much may be taken: --memory 4GB.',
  })
}

/** Reads pieces of the file as they are asked for; it is not held open, since a graph may live long. */
function readerOf(path: string): ReadAt {
  let bytes = new Uint8Array(0)
  return (from, length) => {
    const file = openSync(path, 'r')
    try {
      if (bytes.length < length) bytes = new Uint8Array(length)
      return bytes.subarray(0, readSync(file, bytes, 0, length, from))
    } finally {
      closeSync(file)
    }
  }
}
