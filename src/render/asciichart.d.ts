// The package ships no types; this is the part of it that is used.
declare module 'asciichart' {
  export function plot(series: readonly number[], options?: { height?: number; format?: (value: number) => string }): string
}
