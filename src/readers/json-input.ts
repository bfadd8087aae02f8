import { type Position, ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { ByteSource } from './reader.ts'
import { wholeInput } from './whole-input.ts'

/** No longer text can be made of bytes: V8's strings end below 2^29 characters. */
const LONGEST_TEXT = (1 << 29) - 25

/** What `JSON.parse` makes. */
export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json | undefined
}

/**
 * A whole JSON input, for formats whose files are megabytes at most.
 * @throws ReadError with the byte at which it stops being JSON; Cancelled
 */
export async function jsonInput(input: ByteSource, format: string, run: Run): Promise<Json> {
  const bytes = await wholeInput(input, format, run, LONGEST_TEXT)
  return parseJson(new TextDecoder().decode(bytes), input.name, format)
}

/** `text` as JSON. @throws ReadError at `position`, or at the byte where it stops being JSON */
export function parseJson(text: string, file: string, format: string, position?: Position): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    const at = /position (\d+)/.exec(found)
    const ended = /end of (?:JSON )?input|unterminated/i.test(found)
    throw new ReadError({
      file,
      format,
      position: position ?? { kind: 'byte', byte: at === null ? text.length : Number(at[1]) },
      expected: 'JSON',
      found: ended ? 'end of file' : found,
      ...(ended ? { hint: 'The file is cut. Was the disk full, or the process killed while writing?' } : {}),
      cause: error,
    })
  }
}

/** `json` as an object; otherwise undefined. */
export function asObject(json: Json | undefined): JsonObject | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
}

/** `json` as a list; otherwise undefined. */
export function asList(json: Json | undefined): Json[] | undefined {
  return Array.isArray(json) ? json : undefined
}

/** `json` as a finite number; otherwise undefined. */
export function asNumber(json: Json | undefined): number | undefined {
  return typeof json === 'number' && Number.isFinite(json) ? json : undefined
}

/** `json` as text; otherwise undefined. */
export function asText(json: Json | undefined): string | undefined {
  return typeof json === 'string' ? json : undefined
}
