import { appendFileSync } from 'node:fs'
import type { Hardware } from './hardware.ts'

/** Writes as the kernel of this machine would, now. */
export const writeKernelLine = ({ kernelLog, name }: Pick<Hardware, 'kernelLog' | 'name'>, message: string): void =>
  appendFileSync(kernelLog, renderKernelLine({ at: new Date(), name, message }))

export const renderKernelLine = ({
  at,
  name,
  message,
}: {
  readonly at: Date
  readonly name: string
  readonly message: string
}): string => `${syslogTime(at)} ${name} kernel: [12345.678901] ${message}\n`

/** Local time without the year, the day padded with a space: `Nov  1 06:41:03`. */
const syslogTime = (at: Date): string => {
  const month = at.toLocaleString('en-US', { month: 'short' })
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
  return `${month} ${String(at.getDate()).padStart(2, ' ')} ${clock}`
}
