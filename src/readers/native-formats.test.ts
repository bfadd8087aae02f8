import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReadError } from '../base/errors.ts'
import { startRun } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { NONE } from '../model/heap-graph.ts'
import { isAllocator, withoutAllocators } from './allocator-frames.ts'
import { collapsedStacks } from './collapsed-stacks.ts'
import { dhat } from './dhat.ts'
import { heaptrack } from './heaptrack.ts'
import { jemalloc } from './jemalloc.ts'
import { massif } from './massif.ts'
import type { Reader } from './reader.ts'
import { sanitizer, sanitizerFrame } from './sanitizer.ts'
import { speedscope } from './speedscope.ts'
import { valgrindFrame } from './valgrind-frames.ts'
import { valgrindText } from './valgrind-text.ts'
import { valgrindXml } from './valgrind-xml.ts'

/** What the samples of the contract test do not show: odd lines, refusals, several processes. */

function read(reader: Reader<'allocation-profile'>, text: string): Promise<AllocationProfile> {
  const bytes = new TextEncoder().encode(text)
  return reader.read({ name: 'f', sizeBytes: bytes.length, chunks: async function* () { yield bytes } }, startRun())
}

const sum = (column: Float64Array | undefined): number | undefined => column?.reduce((total, value) => total + value, 0)
const codes = (profile: AllocationProfile): string[] => profile.source.notices.map(({ code }) => code)

function stacks(profile: AllocationProfile, column: 'liveBytes' | 'liveCount' | 'peakBytes' = 'liveBytes'): Record<string, number> {
  const found: Record<string, number> = {}
  for (let site = 1; site < profile.siteCount; site++) {
    if ((profile[column]?.[site] ?? 0) === 0) continue
    const names: string[] = []
    for (let at = site; at !== 0; at = profile.siteParent[at]!) names.unshift(profile.strings.get(profile.frames.functionName[profile.siteFrame[at]!]!))
    const verdict = profile.siteVerdict?.[site] ?? NONE
    const key = names.join(' > ') + (verdict === NONE ? '' : `: ${profile.strings.get(verdict)}`)
    found[key] = (found[key] ?? 0) + profile[column]![site]!
  }
  return found
}

test('allocators are left out at the inner end only, and one frame always stays', () => {
  const frames = ['malloc', 'operator new(unsigned long)', 'my_malloc_wrapper', 'malloc', 'main'].map((functionName) => ({ functionName }))
  expect(withoutAllocators(frames).map(({ functionName }) => functionName)).toEqual(['my_malloc_wrapper', 'malloc', 'main'])
  expect(withoutAllocators([{ functionName: 'malloc' }])).toHaveLength(1)
  for (const functionName of ['__interceptor_calloc', '_Znwm', 'operator new[](unsigned long, std::nothrow_t const&)', 'je_malloc', '__rust_alloc', 'posix_memalign']) expect(isAllocator({ functionName })).toBe(true)
  for (const functionName of ['mallocate', 'operator newish', 'newNode', 'free_list_add', 'calloc_table']) expect(isAllocator({ functionName })).toBe(false)
  expect(isAllocator({ functionName: '???', file: '/usr/lib/libtcmalloc.so.4' })).toBe(true)
})

test.each([
  ['0x10919D: store (leak.c:9)', { functionName: 'store', file: 'leak.c', line: 9 }],
  ['0x1: f(int (*)(char), (anonymous namespace)::T) (a.cpp:12)', { functionName: 'f(int (*)(char), (anonymous namespace)::T)', file: 'a.cpp', line: 12 }],
  ['0x1: ??? (in /usr/lib/x (deleted))', { functionName: 'x (deleted) 0x1', file: '/usr/lib/x (deleted)' }],
  ['0x4A5: (below main) (libc-start.c:332)', { functionName: '(below main)', file: 'libc-start.c', line: 332 }],
  ['0x48417B4: malloc (in /usr/libexec/vgpreload.so)', { functionName: 'malloc', file: '/usr/libexec/vgpreload.so' }],
  ['0x1: app::main (src/main.rs:10:5)', { functionName: 'app::main', file: 'src/main.rs', line: 10, column: 5 }],
  ['0xFE: ???', { functionName: '0xFE' }],
  ['0x1: operator()', { functionName: 'operator()' }],
])('%s', (label, frame) => {
  expect(valgrindFrame(label)).toEqual(frame)
})

test.each([
  ['in store /srv/app/leak.c:9:57', { functionName: 'store', file: '/srv/app/leak.c', line: 9, column: 57 }],
  ['in Leaked::make() /srv/my app/cache.cpp:17', { functionName: 'Leaked::make()', file: '/srv/my app/cache.cpp', line: 17 }],
  ['in operator new(unsigned long) (/srv/app+0xdf08d) (BuildId: 9b14615b)', { functionName: 'operator new(unsigned long)', file: '/srv/app' }],
  ['in std::vector<int, std::allocator<int> >::push_back(int const&) const ../v.h:3', { functionName: 'std::vector<int, std::allocator<int> >::push_back(int const&) const', file: '../v.h', line: 3 }],
  ['in main csu/../libc-start.c:58:16', { functionName: 'main', file: 'csu/../libc-start.c', line: 58, column: 16 }],
  ['in foo <null>', { functionName: 'foo' }],
  [' (/lib/x86_64-linux-gnu/liblsan.so.0+0x13545)', { functionName: 'liblsan.so.0+0x13545', file: '/lib/x86_64-linux-gnu/liblsan.so.0' }],
  ['in main C:\\src\\a.cpp:4', { functionName: 'main', file: 'C:\\src\\a.cpp', line: 4 }],
])('sanitizer frame %s', (text, frame) => {
  expect(sanitizerFrame('0x1', text)).toEqual(frame)
})

const UAF = `=================================================================
==27881==ERROR: AddressSanitizer: heap-use-after-free on address 0x603000000044 at pc 0x559048aeb294
READ of size 4 at 0x603000000044 thread T0
    #0 0x559048aeb293 in main /srv/app/native/uaf.c:11
SUMMARY: AddressSanitizer: heap-use-after-free /srv/app/native/uaf.c:11 in main
`

test('another error of AddressSanitizer is refused by its name, not read as a leak', async () => {
  const error = await read(sanitizer, UAF).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ReadError)
  expect((error as ReadError).message).toBe('f: sanitizer: line 2: expected a leak report, found AddressSanitizer: heap-use-after-free')
})

test('leaks are read from a log with prefixes, colors, other lines between, and another error before', async () => {
  const leak = `app-1  | ==9==ERROR: LeakSanitizer: detected memory leaks
app-1  | \u001b[1m\u001b[34mDirect leak of 10 byte(s) in 2 object(s) allocated from:\u001b[0m
app-1  |     #0 0x1 in malloc (/usr/lib/libasan.so+0x1)
app-1  | served GET /
app-1  |     #1 0x2 in handle /srv/a.c:5
app-1  |
app-1  | SUMMARY: AddressSanitizer: 10 byte(s) leaked in 2 allocation(s).
`
  const profile = await read(sanitizer, UAF + leak)
  expect(stacks(profile)).toEqual({ 'handle: direct leak': 10 })
  expect(codes(profile)).toEqual(['errors-not-leaks'])
})

test('memcheck: processes are kept apart, other lines passed over, the last leak check counts', async () => {
  const check = (pid: number, bytes: string, blocks: string): string => `==${pid}== ${bytes} bytes in ${blocks} blocks are definitely lost in loss record 1 of 1
==${pid}==    at 0x1: malloc (vg_replace_malloc.c:380)
==${pid}==    by 0x2: grow (a.c:7)
==${pid}==
==${pid}== LEAK SUMMARY:
==${pid}==    definitely lost: ${bytes} bytes in ${blocks} blocks
==${pid}==    indirectly lost: 0 bytes in 0 blocks
`
  const one = await read(valgrindText, `==1== Memcheck, a memory error detector\n${check(1, '1,000', '1')}hello\n${check(1, '2,000 (+1,000)', '2 (+1)')}`)
  expect(stacks(one)).toEqual({ 'grow: definitely lost': 2000 })
  const two = await read(valgrindText, check(1, '1,000', '1') + check(2, '30', '3'))
  expect(stacks(two)).toEqual({ '[process 1] > grow: definitely lost': 1000, '[process 2] > grow: definitely lost': 30 })
  expect(codes(two)).toEqual(['several-processes'])
})

test('memcheck: a program without leaks is an empty profile, one without a summary is refused', async () => {
  const clean = await read(valgrindText, '==1== HEAP SUMMARY:\n==1==     in use at exit: 0 bytes in 0 blocks\n==1== \n==1== All heap blocks were freed -- no leaks are possible\n')
  expect([sum(clean.liveBytes), codes(clean)]).toEqual([0, []])
  await expect(read(valgrindText, '==1== Memcheck, a memory error detector\n==1== Invalid read of size 4\n')).rejects.toThrow('line 2: expected loss records or a leak summary')
})

test('memcheck XML: entities are refused, a cut file is read up to there', async () => {
  await expect(read(valgrindXml, '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccc"><!ENTITY c "&b;&b;&b;">]><valgrindoutput>&c;</valgrindoutput>')).rejects.toThrow('expected no document type')
  await expect(read(valgrindXml, `<valgrindoutput>${'<a>'.repeat(100)}`)).rejects.toThrow('elements at most 64 deep')
  const record = '<error><kind>Leak_DefinitelyLost</kind><xwhat><text>6 bytes in 1 blocks</text><leakedbytes>6</leakedbytes><leakedblocks>1</leakedblocks></xwhat><stack><frame><ip>0x1</ip><fn>f</fn></frame></stack></error>'
  const profile = await read(valgrindXml, `<valgrindoutput>${record}<error><kind>Inv`)
  expect([stacks(profile), codes(profile)]).toEqual([{ 'f: definitely lost': 6 }, ['cut']])
  const other = await read(valgrindXml, `<valgrindoutput><error><kind>InvalidRead</kind></error>${record}</valgrindoutput>`)
  expect(codes(other)).toEqual(['errors-not-leaks'])
})

test('massif: what a node holds beyond its children is its own, and a cut snapshot is left out', async () => {
  const snapshot = (n: number, tree: string): string => `#-----------\nsnapshot=${n}\n#-----------\ntime=${n * 10}\nmem_heap_B=100\nmem_heap_extra_B=8\nmem_stacks_B=0\nheap_tree=${tree}`
  const head = 'desc: (none)\ncmd: ./a\ntime_unit: ms\n'
  const tree = 'detailed\nn2: 100 (heap allocation functions) malloc\n n1: 70 0x1: inner (a.c:1)\n  n0: 60 0x2: outer (a.c:2)\n n0: 30 in 3 places, all below massif\'s threshold (1.00%)\n'
  const profile = await read(massif, head + snapshot(0, 'empty\n') + snapshot(1, tree))
  expect(stacks(profile)).toEqual({ inner: 10, 'outer > inner': 60, "(places below massif's threshold)": 30 })
  expect([...profile.series!.timeMs]).toEqual([0, 10])
  const cut = await read(massif, head + snapshot(0, tree) + snapshot(1, 'detailed\nn2: 100 (heap allocation functions) malloc\n n1: 70 0x1: inner'))
  expect([codes(cut), cut.series!.sampleCount]).toEqual([['cut'], 1])
  await expect(read(massif, head + snapshot(0, 'detailed\nn0: 5 x\n  n0: 5 y\n'))).rejects.toThrow('line 13: expected the end of the tree')
})

test('DHAT: modes that do not count memory are refused, numbers of frames checked', async () => {
  await expect(read(dhat, '{"dhatFileVersion":2,"mode":"ad-hoc","pps":[],"ftbl":[]}')).rejects.toThrow("expected mode to be 'heap', found 'ad-hoc'")
  await expect(read(dhat, '{"dhatFileVersion":3}')).rejects.toThrow('expected dhatFileVersion to be 1 or 2, found 3')
  await expect(read(dhat, '{"dhatFileVersion":2,"mode":"heap","pps":[{"tb":1,"tbk":1,"fs":[9]}],"ftbl":["[root]"]}')).rejects.toThrow('numbers below 1, found 9')
})

test('heaptrack: the peak by site is the state at the highest total, whatever came after', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), fc.boolean()), { maxLength: 60 }), async (events) => {
    const lines = ['v 10400 3', 's 1 m']
    const sizes = [16, 100, 7, 64]
    for (let site = 0; site < 4; site++) lines.push(`s 2 f${site}`, `i ${site + 1} 1 ${(site + 2).toString(16)} 0 0`, `t ${site + 1} 0`, `a ${sizes[site]!.toString(16)} ${site + 1}`)
    const live = [0, 0, 0, 0]
    let peak = [...live]
    const total = (counts: readonly number[]): number => counts.reduce((bytes, count, site) => bytes + count * sizes[site]!, 0)
    for (const [site, frees] of events) {
      if (frees && live[site]! > 0) {
        live[site]!--
        lines.push(`- ${site}`)
      } else {
        live[site]!++
        lines.push(`+ ${site}`)
        if (total(live) > total(peak)) peak = [...live]
      }
    }
    const profile = await read(heaptrack, lines.join('\n'))
    const named = (counts: readonly number[]): Record<string, number> => Object.fromEntries(counts.flatMap((count, site) => (count === 0 ? [] : [[`f${site}`, count * sizes[site]!]])))
    expect(stacks(profile)).toEqual(named(live))
    expect(stacks(profile, 'peakBytes')).toEqual(named(peak))
  }))
})

test('heaptrack: files of version 0 and 1, before strings had lengths and allocations numbers', async () => {
  const table = ['s /bin/app', 's main', 'i 1 1 2 0 0', 't 1 0']
  const zero = await read(heaptrack, ['v 10100', ...table, '+ 10 1 aa', '+ 20 1 bb', '- aa', '- cc'].join('\n'))
  expect([stacks(zero), sum(zero.allocatedBytes)]).toEqual([{ main: 32 }, 48])
  const one = await read(heaptrack, ['v 10200', ...table, 'a 10 1', '+ 0', '+ 0', '- 0'].join('\n'))
  expect([stacks(one), sum(one.allocatedCount)]).toEqual([{ main: 16 }, 2])
})

test.each([
  [['v 10400 3', 'x 4 /app', 'm 1 -'], 'line 2: expected an interpreted heaptrack file, found a raw one'],
  [['v 10700 4', 'X a'], 'line 1: expected a file version from 0 to 3, found 4'],
  [['v 10400 3', 't 5 0'], 'line 2: expected an instruction pointer told before (below 1), found number 5'],
  [['v 10400 3', '+ 7'], "line 2: expected an allocation told before, found '+ 7'"],
  [['v 10400 3', 'a zz 0'], "line 2: expected a size in hexadecimal, found 'zz'"],
  [['X ./app'], "line 1: expected the version record first, found 'X ./app'"],
])('heaptrack %j: %s', async (lines, message) => {
  await expect(read(heaptrack, lines.join('\n'))).rejects.toThrow(message)
})

test('jemalloc: symbols of jeprof --raw name the frames, scaled values are estimates', async () => {
  const text = `--- symbol
binary=./jem
0x0000000000000fff keep<0000000000001169>
0x0000000000001fff main
---
--- heap
heap_v2/4096
  t*: 440: 452336 [0: 0]
@ 0x1000 0x2000
  t*: 440: 452336 [0: 0]
  t0: 440: 452336 [0: 0]
`
  const profile = await read(jemalloc, text)
  expect(stacks(profile)).toEqual({ 'main > keep': 2037858 })
  expect(profile.samplingIntervalBytes).toBe(4096)
  await expect(read(jemalloc, text.slice(0, text.indexOf('heap_v2')))).rejects.toThrow('expected heap_v2/<bytes between samples>, found the end of the file')
})

test('collapsed stacks: equal stacks add up, places and odd lines are understood', async () => {
  const profile = await read(collapsedStacks, '# comment\na;b c 1\na;b c 2\na;f (app.py:12) 5\n// x\nnot a stack\na;g app.c:3 4.5\n')
  expect(stacks(profile, 'liveCount')).toEqual({ 'a > b c': 3, 'a > f': 5, 'a > g': 4.5 })
  expect(profile.source.notices[0]).toMatchObject({ code: 'lines-without-weight', count: 1, firstAt: 'line 6' })
  await expect(read(collapsedStacks, 'nothing here\n')).rejects.toThrow("expected a line 'outer;inner weight'")
})

const scope = (profiles: unknown, frames: unknown = [{ name: 'A' }, { name: 'B', file: 'b.ts', line: 3 }]): string =>
  JSON.stringify({ $schema: 'https://www.speedscope.app/file-format-schema.json', shared: { frames }, profiles })

test('speedscope: bytes are memory, other units are counted and told', async () => {
  const sampled = { type: 'sampled', name: 'x', startValue: 0, endValue: 9, samples: [[0, 1], [0]], weights: [5, 4] }
  const bytes = await read(speedscope, scope([{ ...sampled, unit: 'bytes' }, { ...sampled, unit: 'milliseconds' }]))
  expect([stacks(bytes), codes(bytes)]).toEqual([{ 'A > B': 5, A: 4 }, ['other-units']])
  const time = await read(speedscope, scope([{ ...sampled, unit: 'milliseconds' }]))
  expect([stacks(time, 'liveCount'), time.liveBytes, codes(time), time.unit]).toEqual([{ 'A > B': 5, A: 4 }, undefined, ['not-memory'], 'milliseconds'])
  const events = [{ type: 'O', frame: 0, at: 0 }, { type: 'O', frame: 1, at: 2 }, { type: 'C', frame: 1, at: 6 }, { type: 'C', frame: 0, at: 7 }]
  expect(stacks(await read(speedscope, scope([{ type: 'evented', name: 'x', unit: 'bytes', startValue: 0, endValue: 7, events }])))).toEqual({ A: 3, 'A > B': 4 })
})

test.each([
  [scope([{ type: 'sampled', unit: 'bytes', samples: [[7]], weights: [1] }]), 'frame numbers below 2, found 7'],
  [scope([{ type: 'sampled', unit: 'bytes', samples: [[0]], weights: [1, 2] }]), 'weights to be 1 numbers, found 2'],
  [scope([{ type: 'evented', unit: 'none', events: [{ type: 'C', frame: 0, at: 0 }] }]), 'expected profiles[0].events[0].frame to be nothing: no frame is open'],
  [scope([{ type: 'evented', unit: 'none', events: [{ type: 'O', frame: 0, at: 5 }, { type: 'C', frame: 0, at: 4 }] }]), 'a number not below 5, found 4'],
  [scope([]), 'expected profiles to be a list with one at least'],
  ['{"$schema":', 'byte 11: expected JSON, found end of file'],
])('speedscope %s: %s', async (text, message) => {
  await expect(read(speedscope, text)).rejects.toThrow(message)
})
