import type { MessagePort, Worker } from 'node:worker_threads'

/** To a thread, or from it to its parent. Threads are no windows: there is no origin to name. */
export const tell = (to: Worker | MessagePort | null, message: unknown): void => {
  // oxlint-disable-next-line require-post-message-target-origin -- the rule is about windows
  to?.postMessage(message)
}
