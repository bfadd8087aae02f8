import { createElement, type ReactElement, useSyncExternalStore } from 'react'
import { Box, render, Text, useInput } from 'ink'

/** What stands on the screen: lines that were made elsewhere, and which of them is the answer. */
export interface WatchScreen {
  title: string
  chart: readonly string[]
  verdict: readonly string[]
  alarm: 'leak' | 'growing' | 'none'
}

export interface WatchView {
  show(screen: WatchScreen): void
  close(): void
}

/**
 * The live picture of a watched process, redrawn in place. Everything it shows is plain text; colour only doubles the word.
 * This file and the libraries it needs become one bundle at build time; it is loaded only when stdout is a terminal.
 */
export function openWatchView({ color, columns, onStop }: { color: boolean; columns: number; onStop(): void }): WatchView {
  let screen: WatchScreen = { title: 'looking …', chart: [], verdict: [], alarm: 'none' }
  const listeners = new Set<() => void>()
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  function Screen(): ReactElement {
    const now = useSyncExternalStore(subscribe, () => screen)
    // Ctrl-C comes as a key, since the terminal is in raw mode.
    useInput((input, key) => {
      if (input === 'q' || (key.ctrl && input === 'c')) onStop()
    })
    const line = (text: string, i: number, look: Record<string, unknown> = {}): ReactElement => createElement(Text, { key: i, wrap: 'truncate', ...look }, text === '' ? ' ' : text)
    const loud = color && now.alarm !== 'none' ? { color: now.alarm === 'leak' ? 'red' : 'yellow' } : {}
    return createElement(
      Box,
      { flexDirection: 'column', width: Math.min(columns, 100) },
      line(now.title, 0, { bold: color }),
      ...now.chart.map((text, i) => line(text, 1 + i)),
      ...now.verdict.map((text, i) => line(text, 100 + i, i === 0 ? { bold: color, ...loud } : {})),
      line('q stops and gives the last word', 999, { dimColor: color }),
    )
  }

  const app = render(createElement(Screen), { exitOnCtrlC: false, patchConsole: false })
  return {
    show(next) {
      screen = next
      for (const listener of listeners) listener()
    },
    close() {
      app.clear()
      app.unmount()
    },
  }
}
