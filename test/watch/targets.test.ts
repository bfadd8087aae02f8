import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ProbeError } from '../../src/base/errors.ts'
import { startRun } from '../../src/base/run.ts'
import { watchProcess } from '../../src/jobs/watch-process.ts'
import type { WatchEvent, WatchTarget } from '../../src/jobs/watch/watch-plan.ts'
import { groupOfContainer, MemoryGroup } from '../../src/probes/cgroup.ts'
import { LinuxMemory } from '../../src/probes/linux-memory.ts'
import { descendantsOf, ProcessFamily } from '../../src/probes/process-family.ts'
import { hasTool } from '../support/tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'targets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(...[file, ...args]: [string, ...string[]]): ChildProcess {
  const child = spawn(file, args, { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function samples(target: WatchTarget, forMs = 500, also: (event: WatchEvent) => void = () => undefined): Promise<{ events: WatchEvent[]; last: Extract<WatchEvent, { kind: 'sample' }>['sample'] }> {
  const events: WatchEvent[] = []
  const onEvent = (event: WatchEvent): void => {
    events.push(event)
    also(event)
  }
  await watchProcess({ target, everyMs: 50, forMs, onEvent }, startRun())
  const last = events.findLast((event) => event.kind === 'sample')
  return { events, last: last?.kind === 'sample' ? last.sample : {} }
}

/** Files as a kernel shows them, below a folder. */
function tree(name: string, files: Record<string, string>): string {
  const root = join(folder, name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

// The forms of https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files.
const V2 = {
  'sys/fs/cgroup/kubepods.slice/memory.max': '536870912\n',
  'sys/fs/cgroup/kubepods.slice/memory.current': '300000000\n',
  'sys/fs/cgroup/kubepods.slice/pod1.scope/memory.max': 'max\n',
  'sys/fs/cgroup/kubepods.slice/pod1.scope/memory.current': '123456789\n',
  'sys/fs/cgroup/kubepods.slice/pod1.scope/memory.stat': 'anon 90000000\nfile 20000000\nkernel 3000000\nkernel_stack 1\nshmem 4000000\ninactive_file 15000000\nactive_file 5000000\n',
  'sys/fs/cgroup/kubepods.slice/pod1.scope/memory.events': 'low 0\nhigh 0\nmax 17\noom 2\noom_kill 1\noom_group_kill 0\n',
  'sys/fs/cgroup/kubepods.slice/pod1.scope/memory.pressure': 'some avg10=1.23 avg60=0.50 avg300=0.10 total=987654\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1234\n',
  'sys/fs/cgroup/kubepods.slice/pod1.scope/cgroup.procs': '41\n42\n',
  'sys/fs/cgroup/kubepods.slice/pod1.scope/inner/cgroup.procs': '43\n',
}

describe('a memory group', () => {
  test('leaves what its tightest ancestor does; file pages that nobody has mapped are free, in use or not, and memory.high is a limit', () => {
    const stat = 'anon 90000000\nfile 200000000\nfile_mapped 10000000\ninactive_file 20000000\nactive_file 180000000\n'
    const v2 = { ...V2, 'sys/fs/cgroup/kubepods.slice/memory.stat': stat }
    const room = (name: string, files: Record<string, string>) => MemoryGroup.at('/kubepods.slice/pod1.scope', { root: tree(name, files) }).room()
    expect(room('room', v2)).toEqual({ limitBytes: 536_870_912, leftBytes: 536_870_912 - (300_000_000 - 190_000_000) })
    expect(room('high', { ...v2, 'sys/fs/cgroup/kubepods.slice/pod1.scope/memory.high': '150000000\n' })).toEqual({ limitBytes: 150_000_000, leftBytes: 150_000_000 - (123_456_789 - 20_000_000) })
    expect(room('over', { ...v2, 'sys/fs/cgroup/kubepods.slice/pod1.scope/memory.high': '50000000\n' })?.leftBytes).toBe(0)
    const v1 = (limit: string) =>
      tree(`v1-${limit}`, {
        'sys/fs/cgroup/memory/shop/memory.limit_in_bytes': `${limit}\n`,
        'sys/fs/cgroup/memory/shop/memory.usage_in_bytes': '400000000\n',
        'sys/fs/cgroup/memory/shop/memory.stat': 'cache 1\nrss 2\ntotal_mapped_file 0\ntotal_inactive_file 0\ntotal_active_file 260000000\n',
      })
    expect(MemoryGroup.at('/shop', { root: v1('500000000') }).room()).toEqual({ limitBytes: 500_000_000, leftBytes: 360_000_000 })
    expect(MemoryGroup.at('/shop', { root: v1('9223372036854771712') }).room()).toBeUndefined()
  })

  test('of version 2 is read with its events and pressure, and an ancestor’s limit where that is lower', () => {
    const group = MemoryGroup.at('/kubepods.slice/pod1.scope', { root: tree('v2', V2) })
    expect(group.read()).toEqual({
      'cgroup-current': 123456789,
      'cgroup-anon': 90000000,
      'cgroup-file': 20000000,
      'cgroup-shmem': 4000000,
      'cgroup-inactive-file': 15000000,
      'cgroup-active-file': 5000000,
      'cgroup-kernel': 3000000,
      'cgroup-limit': 536870912,
      'cgroup-oom-total': 1,
      'cgroup-limit-total': 17,
      'cgroup-stall-total': 987654,
    })
    expect(group.pids()).toEqual([41, 42, 43])
  })

  test('that is removed is gone', () => {
    const root = tree('removed', V2)
    const group = MemoryGroup.at('kubepods.slice/pod1.scope', { root })
    rmSync(join(root, 'sys/fs/cgroup/kubepods.slice/pod1.scope'), { recursive: true })
    expect(group.read()).toBe('gone')
  })

  test('that does not exist, or does not account for memory, is refused with the way out', () => {
    const root = tree('none', { 'sys/fs/cgroup/plain/cgroup.procs': '' })
    expect(() => MemoryGroup.at('/missing', { root })).toThrow(/there is no such group/)
    expect(() => MemoryGroup.at('/plain', { root })).toThrow(/memory is not accounted for there/)
  })

  const ID = 'f00dfeed'.repeat(8)
  const containers = {
    'proc/7/cgroup': '0::/init.scope\n',
    'proc/41/cgroup': `0::/kubepods.slice/cri-containerd-${ID}.scope\n`,
    'proc/42/cgroup': `0::/system.slice/docker-${'f0'.repeat(32)}.scope\n`,
    [`sys/fs/cgroup/kubepods.slice/cri-containerd-${ID}.scope/memory.current`]: '5000\n',
    [`sys/fs/cgroup/system.slice/docker-${'f0'.repeat(32)}.scope/memory.current`]: '6000\n',
  }

  test('of a container is found by the beginning of its id, whoever runs containers', () => {
    const root = tree('containers', containers)
    expect(groupOfContainer('f00dfeedf00d', { root }).read()).toMatchObject({ 'cgroup-current': 5000 })
    expect(groupOfContainer('f0f0', { root }).read()).toMatchObject({ 'cgroup-current': 6000 })
    expect(() => groupOfContainer('abcdef', { root })).toThrow(/no process of this machine/)
    expect(() => groupOfContainer('f0', { root })).toThrow(/2 containers begin with these letters/)
  })

  test('of a container is not that of the monitor beside it, and holds the groups that are made inside', () => {
    // As podman 4.3 with systemd and crun 1.8 has them; the monitor is the older process.
    const scope = 'sys/fs/cgroup/machine.slice'
    const root = tree('podman', {
      'proc/41/cgroup': `0::/machine.slice/libpod-conmon-${ID}.scope\n`,
      'proc/42/cgroup': `0::/machine.slice/libpod-${ID}.scope/container/init.scope\n`,
      [`${scope}/libpod-conmon-${ID}.scope/memory.current`]: '90000\n',
      [`${scope}/libpod-${ID}.scope/memory.current`]: '7000\n',
      [`${scope}/libpod-${ID}.scope/container/init.scope/memory.current`]: '3000\n',
    })
    expect(groupOfContainer(ID.slice(0, 12), { root }).read()).toMatchObject({ 'cgroup-current': 7000 })
  })

  test('of version 1 of this machine is watched live, with what is charged to it', async (context) => {
    const group = '/sys/fs/cgroup/memory/stillhere-test'
    try {
      mkdirSync(group)
    } catch {
      return context.skip('no memory groups of version 1 that this user may make')
    }
    // The kernel lets go of the group a moment after its last process.
    onTestFinished(() => vi.waitFor(() => rmdirSync(group), 5000))
    const child = spawn('sh', ['-c', `echo $$ > ${group}/cgroup.procs; exec ${process.execPath} -e "globalThis.kept = Buffer.alloc(60e6, 1); setInterval(() => {}, 1000)"`], { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await vi.waitFor(() => expect(Number(MemoryGroup.at('stillhere-test').read() === 'gone' ? 0 : (MemoryGroup.at('stillhere-test').read() as { 'cgroup-anon'?: number })['cgroup-anon'])).toBeGreaterThan(60e6), 15_000)
    const { events, last } = await samples({ kind: 'cgroup', path: group })
    expect(events[0]).toMatchObject({ kind: 'started', pid: child.pid, command: group })
    expect(last['cgroup-anon']).toBeGreaterThan(60e6)
    expect(last['cgroup-anon']).toBeLessThan(200e6)
    expect(last['cgroup-limit-total']).toBe(0)
    expect(last.rss).toBeUndefined() // pages of files that others brought in are not the group's
    expect(last['thread-count']).toBeGreaterThan(1)
  })
})

describe.runIf(process.platform === 'linux')('a family of processes', () => {
  const CHILD = 'globalThis.kept = Buffer.alloc(30e6, 1); setInterval(() => {}, 1000)'

  test('is summed: a shell that starts two programs weighs what they weigh', async () => {
    const shell = start('sh', '-c', `"${process.execPath}" -e "${CHILD}" & "${process.execPath}" -e "${CHILD}" & wait`)
    await vi.waitFor(() => expect(descendantsOf(shell.pid!)).toHaveLength(2), 10_000)
    // They outlive the shell that began them.
    const children = descendantsOf(shell.pid!)
    onTestFinished(() => children.forEach((pid) => process.kill(pid)))
    const family = new ProcessFamily(LinuxMemory.open(shell.pid!))
    const read = (): Record<string, number> => family.read() as Record<string, number>
    await vi.waitFor(() => expect(read()['rss-anon']).toBeGreaterThan(60e6), 15_000)
    const alone = LinuxMemory.open(shell.pid!).read() as Record<string, number>
    expect(alone['rss-anon']).toBeLessThan(5e6)
    expect(read()['thread-count']).toBeGreaterThan(2 * 3)
    const deep = family.readDeep()
    expect(deep.uss).toBeGreaterThan(60e6)
    expect(deep.pss).toBeGreaterThanOrEqual(deep.uss!)
  })

  test('shrinks when a child ends', async () => {
    const shell = start('sh', '-c', 'sleep 2; exec sleep 20')
    await vi.waitFor(() => expect(descendantsOf(shell.pid!)).toHaveLength(1), 5000)
    await vi.waitFor(() => expect(descendantsOf(shell.pid!)).toHaveLength(0), 5000)
    expect(new ProcessFamily(LinuxMemory.open(shell.pid!)).read()).toMatchObject({ 'thread-count': 1 })
  })
})

describe.runIf(process.platform === 'linux')('a service', () => {
  /** What `systemctl show` prints, from a program of this name that comes first on the path. */
  function systemctl(lines: string, exit = 0): void {
    const bin = mkdtempSync(join(folder, 'bin-'))
    writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\ncat <<E\n${lines}\nE\nexit ${exit}\n`)
    chmodSync(join(bin, 'systemctl'), 0o755)
    vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`)
    onTestFinished(() => void vi.unstubAllEnvs())
  }

  test('is watched by its main process and what that starts, where systemd keeps no group of memory for it', async () => {
    const child = start('sleep', '20')
    systemctl(`Id=shop.service\nLoadState=loaded\nActiveState=active\nMainPID=${child.pid}\nControlGroup=/no.slice/such.service`)
    const { events } = await samples({ kind: 'service', name: 'shop' })
    expect(events[0]).toMatchObject({ kind: 'started', pid: child.pid, command: 'sleep 20' })
  })

  test('that systemd does not know, or that does not run, is refused', async () => {
    systemctl('Id=shop.service\nLoadState=not-found\nActiveState=inactive\nMainPID=0\nControlGroup=')
    await expect(samples({ kind: 'service', name: 'shop' })).rejects.toThrow(/no service of this name/)
    systemctl('Id=shop.service\nLoadState=loaded\nActiveState=failed\nMainPID=0\nControlGroup=')
    await expect(samples({ kind: 'service', name: 'shop' })).rejects.toThrow(/it does not run: it is failed/)
  })

  test('is followed through its restart as another start of the same', async () => {
    const [first, second] = [start('sleep', '20'), start('sleep', '21')]
    // The main process is whatever the file says at that moment.
    systemctl(`Id=shop.service\nLoadState=loaded\nActiveState=active\nMainPID=$(cat ${folder}/main)\nControlGroup=`)
    writeFileSync(join(folder, 'main'), String(first.pid))
    let seen = 0
    const { events } = await samples({ kind: 'service', name: 'shop' }, 3500, ({ kind }) => {
      if (kind !== 'sample' || ++seen !== 2) return
      writeFileSync(join(folder, 'main'), String(second.pid))
      first.kill('SIGKILL')
    })
    expect(events).toContainEqual({ kind: 'restarted', pid: second.pid })
    const series = events.flatMap((event) => (event.kind === 'sample' ? [event.series()] : [])).at(-1)!
    expect([...new Set(series.epoch)]).toEqual([0, 1])
  })

  test('on a machine without systemd is refused in clear words', async () => {
    vi.stubEnv('PATH', folder)
    onTestFinished(() => void vi.unstubAllEnvs())
    const refused = samples({ kind: 'service', name: 'shop' })
    await expect(refused).rejects.toThrow(/this machine is not run by systemd/)
    await expect(refused).rejects.toMatchObject({ hint: expect.stringMatching(/--name TEXT/) as string })
  })
})

describe('a process that cannot be watched', () => {
  test.runIf(process.platform === 'linux')('one that ends ends the watch, with a verdict on what was seen', async () => {
    const child = start('sleep', '0.3')
    const result = await watchProcess({ target: { kind: 'pid', pid: child.pid! }, everyMs: 50 }, startRun())
    expect(result).toMatchObject({ ended: 'it ended', verdict: { verdict: 'undecided' } })
    expect(result.series.sampleCount).toBeGreaterThan(1)
  })

  test.runIf(process.platform === 'linux')('one that never was is refused', async () => {
    const gone = start('true')
    await new Promise((resolve) => gone.once('exit', resolve))
    await expect(samples({ kind: 'pid', pid: gone.pid! })).rejects.toThrow(/there is no such process/)
  })

  test.runIf(process.platform === 'linux')('another under the same pid is told by its start', () => {
    const child = start('sleep', '20')
    const memory = LinuxMemory.open(child.pid!)
    // What the kernel would do to a pid that comes round again: the number stays, the start is another.
    const earlier = Object.assign(Object.create(LinuxMemory.prototype) as LinuxMemory, memory, { startTicks: String(Number(memory.startTicks) - 100) })
    expect(earlier.read()).toBe('replaced')
    expect(memory.read()).toMatchObject({ 'thread-count': 1 })
  })

  test.runIf(process.platform === 'linux' && process.getuid?.() === 0 && hasTool('setpriv'))('another user’s is watched by what is open, and what is closed is named', async () => {
    const child = start('sleep', '20')
    const program = `
      import { LinuxMemory } from ${JSON.stringify(join(import.meta.dirname, '../../src/probes/linux-memory.ts'))}
      const memory = LinuxMemory.open(${child.pid})
      console.log(JSON.stringify([memory.whatIsClosed(), memory.read()]))`
    const text = execFileSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '--input-type=module', '-e', program], { encoding: 'utf8', cwd: '/' })
    const [closed, sample] = JSON.parse(text) as [string[], Record<string, number>]
    expect(closed).toEqual([`/proc/${child.pid}/smaps_rollup`, `/proc/${child.pid}/fd`])
    expect(sample['rss-anon']).toBeGreaterThan(0)
    expect(sample['fd-count']).toBeUndefined()
  })

  test('on a system without /proc the word is what works there', () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!
    Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' })
    onTestFinished(() => void Object.defineProperty(process, 'platform', platform))
    expect(() => LinuxMemory.open(1)).toThrow(ProbeError)
    expect(() => LinuxMemory.open(1)).toThrow(/there is no \/proc on darwin/)
  })

  test.runIf(process.platform === 'linux')('a clock that is set back makes no sample go back', async () => {
    const child = start('sleep', '20')
    const events: WatchEvent[] = []
    const now = Date.now()
    const clock = vi.spyOn(Date, 'now')
    onTestFinished(() => clock.mockRestore())
    clock.mockImplementation(() => now - (events.length > 4 ? 3_600_000 : 0) + Math.round(performance.now()))
    await watchProcess({ target: { kind: 'pid', pid: child.pid! }, everyMs: 50, forMs: 600, onEvent: (event) => events.push(event) }, startRun())
    expect(events.filter(({ kind }) => kind === 'set-back')).toHaveLength(1)
    const times = events.flatMap((event) => (event.kind === 'sample' ? [event.timeMs] : []))
    expect(times.length).toBeGreaterThan(5)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)! - times[0]!).toBeLessThan(60_000)
  })
})
