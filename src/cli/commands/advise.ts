import { availableParallelism } from 'node:os'
import { Option } from 'commander'
import { UsageError } from '../../base/errors.ts'
import { safeText } from '../../base/safe-text.ts'
import { adviseGc, parseSize } from '../../jobs/advise-gc.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples } from '../report-options.ts'
import { readVersion } from '../version.ts'

interface Options {
  memory: string
  runtime?: 'go' | 'jvm' | 'node'
  cpus?: string
  latency?: string
  jdk?: string
  threads?: string
  json?: boolean
}

export const define: DefineCommand = (command, shell) => {
  addExamples(command, [
    ['stillhere advise --memory 2Gi gc.log', 'settings for a container of 2 GiB, from what the log shows'],
    ['stillhere advise --memory 8Gi --runtime jvm --latency 10 --jdk 21', 'which collector for pauses below 10 ms'],
  ])
    .description('Pick collector settings for a container, or say that no setting will help.')
    .argument('[log...]', 'a GC log of the program; without one only its surroundings are known')
    .requiredOption('--memory <size>', 'the limit of the container: 512Mi, 2GiB')
    .addOption(new Option('--runtime <name>', 'what the program runs on, when there is no log').choices(['go', 'jvm', 'node']))
    .option('--cpus <number>', 'processors it may use (default: those of this machine)')
    .option('--latency <ms>', 'the longest pause that can be borne')
    .option('--jdk <release>', 'feature release of the JDK (default: 21)')
    .option('--threads <number>', 'threads of a JVM (default: 50)')
    .option('--json', 'print JSON')
    .action(async (logs: string[], options: Options) => {
      const advice = await adviseGc(
        {
          logs,
          version: readVersion(),
          runtime: options.runtime,
          memoryBytes: positiveSize(options.memory),
          processors: positive(options.cpus, '--cpus') ?? availableParallelism(),
          latencyMs: positive(options.latency, '--latency'),
          jdk: positive(options.jdk, '--jdk'),
          threads: positive(options.threads, '--threads'),
        },
        shell.run,
      )
      if (options.json === true) {
        shell.write(`${JSON.stringify(advice, null, 2)}\n`)
        return
      }
      if (advice.notAKnob !== undefined) shell.write(`no setting will help: ${safeText(advice.notAKnob, 400)}\n`)
      if (advice.settings.length > 0) shell.write(`${advice.settings.join(' ')}\n`)
      for (const reason of advice.reasons) shell.write(`  ${reason}\n`)
    })
}

function positiveSize(text: string): number {
  const bytes = parseSize(text, '--memory')
  if (bytes === 0) throw new UsageError({ argument: '--memory', given: `"${text}"`, allowed: 'the limit of the container, such as 512Mi or 2GiB' })
  return bytes
}

function positive(text: string | undefined, argument: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!(value > 0)) throw new UsageError({ argument, given: `"${text}"`, allowed: 'a number above 0' })
  return value
}
