import { createElement, type ReactElement, useSyncExternalStore } from 'react'
import { Box, render, Text, useInput } from 'ink'

/** One line of the screen, and how loud it is. Colour and weight only double what the words say. */
export interface ScreenLine {
  text: string
  look?: 'title' | 'leak' | 'growing' | 'chosen' | 'quiet' | undefined
}

export interface ScreenView {
  show(lines: readonly ScreenLine[]): void
  /** How many lines there is room for, now. */
  readonly rows: number
  /** How many characters a line has, now. */
  readonly columns: number
  close(): void
}

/**
 * A screen of plain lines, redrawn in place, and the keys pressed on it: letters as they are, `up`, `down`, `enter`, and `q` for
 * Ctrl-C, which comes as a key since the terminal is in raw mode. It is a screen of its own, as an editor's: what stood on the
 * terminal before comes back, and no remains of it stay when the window changes its size, of which `onResize` is told.
 * This file and the libraries it needs become one bundle at build time; it is loaded only when stdout is a terminal.
 */
export function openScreen({ color, onKey, onResize }: { color: boolean; onKey(key: string): void; onResize(): void }): ScreenView {
  let lines: readonly ScreenLine[] = [{ text: 'looking …' }]
  const listeners = new Set<() => void>()
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  const rowCount = (): number => process.stdout.rows ?? 24
  const columnCount = (): number => process.stdout.columns ?? 80

  function Screen(): ReactElement {
    const now = useSyncExternalStore(subscribe, () => lines)
    useInput((input, key) => {
      if (key.ctrl && input === 'c') onKey('q')
      else if (key.upArrow) onKey('up')
      else if (key.downArrow) onKey('down')
      else if (key.return) onKey('enter')
      else if (input !== '') onKey(input)
    })
    return createElement(
      Box,
      { flexDirection: 'column', width: columnCount() },
      ...now.map(({ text, look }, i) => createElement(Text, { key: i, wrap: 'truncate', ...(color ? LOOKS[look ?? 'plain'] : look === 'chosen' ? LOOKS.chosen : {}) }, text === '' ? ' ' : text)),
    )
  }

  const app = render(createElement(Screen), { exitOnCtrlC: false, patchConsole: false, alternateScreen: true, interactive: true })
  process.stdout.on('resize', onResize)
  return {
    get rows() {
      return rowCount()
    },
    get columns() {
      return columnCount()
    },
    show(next) {
      // A screen as high as the terminal would scroll with every redraw.
      lines = next.slice(0, Math.max(4, rowCount() - 1))
      for (const listener of listeners) listener()
    },
    close() {
      process.stdout.off('resize', onResize)
      app.clear()
      app.unmount()
    },
  }
}

const LOOKS = {
  plain: {},
  title: { bold: true },
  leak: { bold: true, color: 'red' },
  growing: { bold: true, color: 'yellow' },
  chosen: { inverse: true },
  quiet: { dimColor: true },
} as const
