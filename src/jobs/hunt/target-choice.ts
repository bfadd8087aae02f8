/** Which program: one to start, or one that runs. */
export type TargetChoice =
  | { kind: 'launch'; command: readonly string[]; cwd?: string | undefined; env?: Record<string, string | undefined> | undefined }
  | { kind: 'pid'; pid: number }
  | { kind: 'inspector'; address: string }
  /** The memory pages of a Go program; `command` starts it. */
  | { kind: 'pprof'; url: string; command?: readonly string[] | undefined }
