import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { decompress, fileSource } from '../../src/jobs/file-source.ts'
import { exportProfile } from '../../src/jobs/export-profile.ts'
import type { AllocationProfile } from '../../src/model/allocation-profile.ts'
import { type HeapGraph, NODE } from '../../src/model/heap-graph.ts'
import { sourceName } from '../../src/readers/jvm-class-names.ts'
import { openInput } from '../../src/readers/open.ts'

/** Real programs and the JVM's and Go's own tools: what they say of a process is what we must say. */

function has(command: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
  if (!found && process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined) throw new Error(`${command} is required and not installed`)
  return found
}

const read = async (file: string): Promise<unknown> => (await openInput(await fileSource(file), startRun(), { decompress })).model

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-tools-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const JAVA = `
import java.util.*;
import java.lang.ref.WeakReference;
public class Kept {
  static class Entry { long id; String name; byte[] body = new byte[333]; short tag; Entry next; Entry(long id) { this.id = id; name = "entry " + id; } }
  static final Map<Long, Entry> TABLE = new HashMap<>();
  static WeakReference<Entry> weak;
  public static void main(String[] a) throws Exception {
    for (long i = 0; i < 1234; i++) TABLE.put(i, new Entry(i));
    weak = new WeakReference<>(TABLE.get(7L));
    System.gc();
    System.out.println("READY");
    Thread.sleep(60000);
  }
}`

describe.runIf(has('jcmd') && has('javac'))('a JVM', () => {
  for (const flags of [[], ['-XX:-UseCompressedOops'], ['-XX:ObjectAlignmentInBytes=16']]) {
    test(`is told as its own class histogram tells it, class by class ${flags.join(' ')}`, { timeout: 120_000 }, async () => {
      await inFolder(async (folder) => {
        writeFileSync(join(folder, 'Kept.java'), JAVA)
        execFileSync('javac', ['-d', folder, join(folder, 'Kept.java')])
        const program = spawn('java', ['-Xmx64m', '-XX:+UseSerialGC', '-Xshare:off', ...flags, '-cp', folder, 'Kept'], { stdio: ['ignore', 'pipe', 'ignore'] })
        try {
          await new Promise((resolve, reject) => {
            program.stdout.once('data', resolve)
            program.once('exit', reject)
          })
          const dump = join(folder, 'heap.hprof')
          execFileSync('jcmd', [String(program.pid), 'GC.heap_dump', dump], { stdio: 'pipe' })
          const histogram = execFileSync('jcmd', [String(program.pid), 'GC.class_histogram'], { encoding: 'utf8' })
          const graph = (await read(dump)) as HeapGraph
          const counted = new Map<string, { count: number; bytes: number }>()
          for (let node = 1; node < graph.nodeCount; node++) {
            if (graph.nodeKind[node] === NODE.class) continue
            const name = graph.strings.get(graph.nodeName[node]!)
            const total = counted.get(name) ?? { count: 0, bytes: 0 }
            counted.set(name, { count: total.count + 1, bytes: total.bytes + graph.shallowBytes[node]! })
          }
          // What the tools themselves make between the two looks differs in number, never in size; arrays differ in
          // length, so they are compared where their number is the same.
          let compared = 0
          const wrong: string[] = []
          for (const [, count, bytes, name] of histogram.matchAll(/^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)/gm)) {
            const className = sourceName(name!)
            const ours = counted.get(className)
            if (ours === undefined || className === 'java.lang.Class') continue
            const isArray = className.endsWith('[]')
            compared++
            if (isArray ? ours.count === Number(count) && ours.bytes !== Number(bytes) : ours.bytes / ours.count !== Number(bytes) / Number(count)) {
              wrong.push(`${className}: ${ours.bytes}/${ours.count} instead of ${bytes}/${count}`)
            }
          }
          expect(wrong).toEqual([])
          expect(counted.get('Kept$Entry')?.count).toBe(1234)
          expect(compared).toBeGreaterThan(150)
          expect(graph.source.notices.filter(({ code }) => code !== 'archived-classes')).toEqual([])
        } finally {
          program.kill('SIGKILL')
        }
      })
    })
  }
})

const GO = `package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

type order struct{ data [200]byte }

var kept []*order

func keep(n int) {
	for i := 0; i < n; i++ {
		kept = append(kept, new(order))
	}
}

func write(name string, debug int) {
	runtime.GC()
	runtime.GC()
	f, _ := os.Create(name)
	pprof.Lookup("heap").WriteTo(f, debug)
	f.Close()
}

func main() {
	runtime.MemProfileRate = 1
	keep(5000)
	write(os.Args[1]+"/first.pb.gz", 0)
	keep(5000)
	write(os.Args[1]+"/second.pb.gz", 0)
	write(os.Args[1]+"/second.txt", 1)
}
`

/** `go tool pprof -top`: bytes for each function. */
function goTop(file: string, index: string): { total: number; flat: Map<string, number> } {
  const text = execFileSync('go', ['tool', 'pprof', '-top', '-unit=B', '-nodefraction=0', '-nodecount=1000', `-sample_index=${index}`, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const flat = new Map<string, number>()
  for (const [, bytes, name] of text.matchAll(/^\s*(-?\d+)B?\s+\S+%\s+\S+%\s+-?\d+B?\s+\S+%\s+(.+?)(?: \(inline\))?$/gm)) if (bytes !== '0') flat.set(name!, Number(bytes))
  return { total: Number(/of (-?\d+)B? total/.exec(text)?.[1]), flat }
}

function flatOf(profile: AllocationProfile, column: 'liveBytes' | 'allocatedBytes'): Map<string, number> {
  const flat = new Map<string, number>()
  for (let site = 1; site < profile.siteCount; site++) {
    const value = profile[column]?.[site] ?? 0
    const name = profile.strings.get(profile.frames.functionName[profile.siteFrame[site]!]!)
    if (value !== 0) flat.set(name, (flat.get(name) ?? 0) + value)
  }
  return flat
}

describe.runIf(has('go'))('a Go program', () => {
  test('is told as go tool pprof tells it, and what we export go tool pprof reads', { timeout: 180_000 }, async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'main.go'), GO)
      execFileSync('go', ['build', '-o', 'program', 'main.go'], { cwd: folder, env: { ...process.env, GO111MODULE: 'off', GOCACHE: join(folder, 'cache'), GOFLAGS: '' } })
      execFileSync(join(folder, 'program'), [folder])
      const profile = (await read(join(folder, 'second.pb.gz'))) as AllocationProfile
      for (const [column, index] of [['liveBytes', 'inuse_space'], ['allocatedBytes', 'alloc_space']] as const) {
        const expected = goTop(join(folder, 'second.pb.gz'), index)
        const ours = flatOf(profile, column)
        expect([...ours.values()].reduce((sum, value) => sum + value, 0)).toBe(expected.total)
        expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(expected.flat))
      }
      // 10 000 orders in the size class of 208 bytes.
      expect(flatOf(profile, 'liveBytes').get('main.keep')).toBeGreaterThanOrEqual(10_000 * 208)

      // The text form of the same moment: its numbers are raw samples, here of every allocation.
      const text = (await read(join(folder, 'second.txt'))) as AllocationProfile
      expect(flatOf(text, 'liveBytes').get('main.keep')).toBe(flatOf(profile, 'liveBytes').get('main.keep'))

      const exported = join(folder, 'exported.pb.gz')
      await exportProfile(profile, { pprof: exported })
      expect(goTop(exported, 'inuse_space')).toEqual(goTop(join(folder, 'second.pb.gz'), 'inuse_space'))
    })
  })
})
