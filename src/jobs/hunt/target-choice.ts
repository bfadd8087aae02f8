/** Which program: one to start, or one that runs. */
export type TargetChoice =
  | { kind: 'launch'; command: readonly string[]; cwd?: string | undefined; env?: Record<string, string | undefined> | undefined }
  /** `socketFolder`: where the helper in a Python answers that we started for something else. */
  | { kind: 'pid'; pid: number; socketFolder?: string | undefined }
  | { kind: 'inspector'; address: string }
  /** The memory pages of a Go program; `command` starts it. */
  | { kind: 'pprof'; url: string; command?: readonly string[] | undefined }
