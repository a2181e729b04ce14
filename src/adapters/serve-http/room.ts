import type { ServerResponse } from 'node:http'

/** A client that reads nothing for so long is dropped: what it does not take must be kept for it. */
const stalledMsMax = 30_000

/** Waits until the client has read enough. False: it went away, or read nothing for too long and was dropped. */
export async function roomIn(response: ServerResponse, stalledMs = stalledMsMax): Promise<boolean> {
  if (response.destroyed) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => response.destroy(), stalledMs)
  const onDrain = (): void => resolve(true)
  const onClose = (): void => resolve(false)
  response.once('drain', onDrain).once('close', onClose)
  const hasRoom = await promise
  clearTimeout(timer)
  response.off('drain', onDrain).off('close', onClose)
  return hasRoom
}
