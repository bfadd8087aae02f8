import { describe, expect, it } from 'vitest'
import { explainGcLine } from './explain-line.ts'

describe('a line between the collections', () => {
  it.each([
    ['[0.117s][info][gc,heap      ] GC(0) Eden regions: 13->0(15)', 'G1', ['Eden', '13', '0', '15']],
    ['[0.2s][info][gc,cpu] GC(0) User=0.01s Sys=0.00s Real=0.01s', 'jvm', ['User=0.01s', 'Sys=0.00s', 'Real=0.01s']],
    ['[0.2s][info][gc] GC(2) Y: Pause Mark End 0.012ms', 'jvm', ['2', 'Y', 'Pause Mark End', '0.012ms']],
    ['[0.2s][info][gc] GC(2) Concurrent cleanup 37M->24M(39M) 2.404ms', 'jvm', ['2', 'Concurrent cleanup', '37M->24M(39M)', '2.404ms']],
    ['[0.2s][info][gc,heap] GC(9) O:      Live:         -                 6M (7%)            4M (4%)', 'ZGC', ['9', 'O', 'Live', '6M', '7%']],
    ['[0.1s][info][gc] GC(3) Pause Young (Normal) (G1 Evacuation Pause)', 'jvm', ['3', 'Pause Young', '(Normal) (G1 Evacuation Pause)']],
    ['scav 0 KiB work (bg), 13648 KiB work (eager), 13176 KiB now, 77% util', 'go', ['scav', '0 KiB work', '13648 KiB work (eager)', '13176 KiB now', '77% util']],
    ['scav 1 224 KiB work, 5568 KiB total, 17% util', 'go', ['scav', '1', '224 KiB work', '5568 KiB total', '17% util']],
    ['gc: done, 12 unreachable, 0 uncollectable, 0.0021s elapsed', 'cpython', ['12', '0', '0.0021s elapsed']],
    ['2.1: [CMS-concurrent-mark: 0.004/0.005 secs]', 'CMS', ['CMS-concurrent-mark', '0.004', '0.005']],
    ['gc: objects in permanent generation: 375', 'cpython', ['objects in permanent generation', '375']],
    ['[1.2s][info][gc] GC(3) Pause Init Mark (unload classes) 0.028ms', 'jvm', ['3', 'Pause Init Mark (unload classes)', '0.028ms']],
    ['[1.2s][info][gc,task] GC(3) Using 2 of 2 workers for concurrent marking', 'jvm', ['3', 'Using 2 of 2 workers', 'concurrent marking']],
    ['[1.2s][info][gc] GC(7) y: Young Generation 24M(25%)->22M(23%) 0.050s', 'ZGC', ['7', 'y', 'Young Generation', '24M(25%)->22M(23%)', '0.050s']],
    ['[1.2s][info][gc,heap,exit] PSYoungGen      total 9216K, used 1384K [0x1, 0x2, 0x3)', 'jvm', ['PSYoungGen', 'total 9216K', 'used 1384K']],
    ['[1.2s][info][gc,init] Heap Max Capacity: 96M', 'jvm', ['Heap Max Capacity', '96M']],
    ['[1.2s][trace][gc,region] GC(0) something of a newer JDK', 'jvm', ['[1.2s][trace][gc,region]', '0', 'something of a newer JDK']],
  ])('%s', (line, collector, fields) => {
    const explained = explainGcLine(line)
    expect(explained.collector).toBe(collector)
    expect(explained.fields.map(({ field }) => field)).toEqual(fields)
    expect(explained.fields.every(({ meaning }) => meaning.length > 3)).toBe(true)
  })

  it('of no known kind is refused with what is understood', () => {
    expect(() => explainGcLine('nothing of the kind')).toThrow(/gctrace/)
  })
})
