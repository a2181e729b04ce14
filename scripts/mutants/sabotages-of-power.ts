import type { Sabotage } from './sabotage.ts'

const redfish = (file: string): string => `src/adapters/redfish/${file}`

/** What stands between a Secret and somebody's power switch. */
export const sabotagesOfPower: readonly Sabotage[] = [
  {
    name: 'a Redfish order goes to whichever system is found',
    invariant: 'I10',
    file: redfish('reset.ts'),
    cut: 'if (expected !== undefined && system.systemUUID === expected) return system',
    paste: 'if (expected !== undefined || system.systemUUID !== expected) return system',
  },
  {
    name: 'a system is taken for the one of before without a look at its UUID',
    invariant: 'I10',
    file: redfish('system.ts'),
    cut: 'if (access.systemUUID === undefined || seen.systemUUID === access.systemUUID) {',
    paste: 'if (seen.path !== undefined) {',
  },
  {
    name: 'a Redfish order whose end is unknown is given again',
    invariant: 'I18',
    file: redfish('reset.ts'),
    cut: 'const isRecent = unfinished?.wanted === wanted &&',
    paste: 'const isRecent = unfinished !== undefined && unfinished.wanted !== wanted &&',
  },
  {
    name: 'an answer that broke off counts as a refusal',
    invariant: 'I18',
    file: redfish('exchange.ts'),
    cut: 'if (question.isOrder === true || isAborted(error))',
    paste: 'if (isAborted(error))',
  },
  {
    name: 'whatever certificate a BMC shows is the right one',
    invariant: 'I10',
    file: redfish('trusted-connector.ts'),
    cut: "if (seen !== '' && seen === certificateSHA256) return undefined",
    paste: "if (seen !== '') return undefined",
  },
  {
    name: 'a link of a service leads wherever it likes',
    invariant: 'I10',
    file: redfish('service-path.ts'),
    cut: 'if (url !== undefined && url.origin === origin &&',
    paste: "if (url !== undefined && url.origin !== '' &&",
  },
  {
    name: 'a BMC may stand anywhere',
    invariant: 'I10',
    file: 'src/adapters/bmc-networks.ts',
    cut: 'found.find((ip) => this.#inside.check(ip, familyOf(ip)))',
    paste: 'found.find((ip) => this.#inside.check(ip, familyOf(ip)) || ip !== address)',
  },
]
