import cliProgress from 'cli-progress'

/** A progress bar on standard error; nothing where that is no terminal. */
export interface ProgressBar {
  /** @param text what is being done, behind the bar */
  update(done: number, text?: string): void
  stop(): void
}

const silent: ProgressBar = { update() {}, stop() {} }

export function progressBar(title: string, total: number): ProgressBar {
  if (!process.stderr.isTTY) return silent
  const format = `${title} {bar} {percentage}% {text}`
  const bar = new cliProgress.SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
    cliProgress.Presets.shades_classic,
  )
  bar.start(Math.max(1, total), 0, { text: '' })
  return {
    update: (done, text = '') => bar.update(done, { text }),
    stop: () => bar.stop(),
  }
}
