import type { Run } from '../../base/run.ts'
import { refuseCostlyCapture } from '../../probes/heap-capture.ts'
import { memoryRoom, residentBytes } from '../../probes/linux-process.ts'
import { forecastGraphOf, PythonHelper } from '../../probes/python-helper.ts'
import { explainGrowth } from '../hunt/explain-growth.ts'
import { readProfile } from '../read-profile.ts'
import { findDeclaredLines } from '../declared-lines.ts'
import type { Witness } from './witness.ts'

/** Deep enough to leave the standard library; each frame makes allocation slower. */
const FRAMES = 8

/**
 * A Python that brought our helper along: it collects, counts what is left, and writes object graphs. Allocations are
 * traced in one last round only, since that makes Python several times slower.
 * @throws ProbeError, Cancelled
 */
export async function witnessPython(socket: string, target: string, run: Run): Promise<Witness> {
  const helper = await PythonHelper.open(socket, target, run)
  const { pid } = helper
  let objects = 0
  return {
    runtime: 'cpython',
    title: 'Python',
    version: helper.version,
    pid,
    format: 'pyheap',
    async collectAndRead() {
      const memory = await helper.readMemory(run)
      objects = memory.objects
      return { heapUsedBytes: memory.bytes, rssBytes: residentBytes(pid) ?? Number.NaN }
    },
    mark(stem, { snapshots }) {
      if (snapshots === 'careful') refuseCostlyCapture(target, forecastGraphOf(objects), memoryRoom(pid))
      return helper.capture(`${stem}.pyheap.gz`, run)
    },
    async traceRound(perform, stem) {
      if (!(await helper.startTracing(FRAMES, run))) return undefined
      const path = `${stem}.tracemalloc`
      try {
        await perform()
      } finally {
        await helper.stopTracing(path, run)
      }
      return readProfile(path, run)
    },
    async explain(measured, operation) {
      const explained = await explainGrowth(measured, operation, run)
      const findings = await findDeclaredLines(explained.growth.findings, { runtime: 'cpython', cwd: process.cwd() }, run)
      explained.growth.findings = findings.map((finding) => ({ ...finding, allocatedAt: finding.allocatedAt?.map(({ file, line }) => ({ file, line })) }))
      return explained
    },
    close: () => {
      helper.close()
      return Promise.resolve()
    },
  }
}
