import { type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { type Instant, instant, parseTime, seconds } from '../../../kernel/time.ts'
import type { NodeCommandOutcome } from '../events.ts'
import type { Machine } from './machine.ts'

/** The script of a reboot job: which boot it is meant for, and until when. */
export interface RebootCommand {
  readonly expectedBootID: string
  readonly notAfter: Instant
}

/** Undefined: the pod carries no order to reboot. */
export function rebootCommandOf(pod: JsonObject): RebootCommand | undefined {
  const environment = listAt(pod, 'spec', 'containers').flatMap((container) => listAt(container, 'env'))
  const valueOf = (name: string): string | undefined =>
    textAt(
      environment.find((variable) => textAt(variable, 'name') === name),
      'value',
    )
  const expectedBootID = valueOf('EXPECTED_BOOT_ID')
  if (expectedBootID === undefined) return undefined
  return { expectedBootID, notAfter: momentOf(valueOf('NOT_AFTER')) }
}

/** RFC 3339, or seconds since the epoch, which a shell can compare. Anything else is long past. */
const momentOf = (text: string | undefined): Instant =>
  /^\d+$/.test(text ?? '') ? instant(seconds(Number(text))) : (parseTime(text) ?? instant(0))

/** As the script does it: compare, then ask the kernel. */
export function obey(machine: Machine, { expectedBootID, notAfter }: RebootCommand, now: Instant): NodeCommandOutcome {
  if (machine.bootID !== expectedBootID) return 'WrongBoot'
  if (now > notAfter) return 'TooLate'
  return machine.reboot() === 'Works' ? 'Rebooted' : 'NoAnswer'
}
