/**
 * sysstat's `sadf -j -- -r`: memory of the whole machine, JSON. There is no process in it: memory in use is given as the
 * group's current use, the page cache as its file pages. The binary files of sar are bound to its version; read them with
 * sadf.
 */
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { asList, asNumber, asObject, asText, type Json, jsonInput } from './json-input.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText } from './text-lines.ts'

export const sadfJson: Reader<'memory-series'> = {
  format: 'sadf-json',
  title: 'sysstat, sadf -j -- -r (memory of a machine)',
  makes: 'memory-series',
  recognize: (head) => (/^\s*\{\s*"sysstat"\s*:/.test(headText(head)) ? 'certain' : 'no'),
  read: readSadf,
}

async function readSadf(input: ByteSource, run: Run): Promise<MemorySeries> {
  const root = await jsonInput(input, 'sadf-json', run)
  const table = new SampleTable(input.name, 'sadf-json', input.sizeBytes)
  for (const host of asList(asObject(asObject(root)?.['sysstat'])?.['hosts']) ?? []) {
    const name = asText(asObject(host)?.['nodename']) ?? ''
    for (const entry of asList(asObject(host)?.['statistics']) ?? []) addEntry(table, name, entry)
  }
  return table.finish('statistics with a memory object: write the file with `sadf -j -- -r`')
}

function addEntry(table: SampleTable, host: string, entry: Json): void {
  const at = asObject(asObject(entry)?.['timestamp'])
  const memory = asObject(asObject(entry)?.['memory'])
  if (at === undefined || memory === undefined) return
  const timeMs = Date.parse(`${asText(at['date'])}T${asText(at['time'])}Z`)
  const used = asNumber(memory['memused'])
  if (used === undefined) return
  const cached = asNumber(memory['cached'])
  table.add(host, timeMs, { 'cgroup-current': used * 1024, ...(cached === undefined ? {} : { 'cgroup-file': cached * 1024 }) }, host)
}
