import type { PolicySpec } from '../../../api/v1alpha1/node-remediation-policy.ts'
import { type Signal, sourceOf } from '../../../api/v1alpha1/signal.ts'
import type { SignalSource } from '../../../api/v1alpha1/signal-sources.ts'
import { compileWhen } from '../cel.ts'
import { type LintFinding, warning } from './finding.ts'

/** These say yes or no and measure nothing. */
const unmeasured: readonly SignalSource[] = ['nodeCondition', 'lease', 'alert', 'startup', 'notice']
const counting: readonly SignalSource[] = ['evictionStorm', 'nodeEvent', 'reboots']

/** Numbers that no source will ever give. */
export function numberFindings({ signals, diagnoses }: PolicySpec): readonly LintFinding[] {
  const names = signals.map(({ name }) => name)
  const sourceNamed = (name: string): SignalSource | undefined => {
    const signal: Signal | undefined = signals.find((one) => one.name === name)
    return signal && sourceOf(signal)
  }
  return diagnoses.flatMap(({ when }, index) => {
    const compiled = compileWhen(when, names)
    if (!compiled.ok) return []
    const field = `spec.diagnoses[${index}].when`
    const values = compiled.value.valuesOf.flatMap((name) => {
      const source = sourceNamed(name)
      if (source === undefined || !unmeasured.includes(source)) return []
      return [warning('unmeasured-signal', field, `\`value.${name}\` is never known: \`${source}\` measures nothing`)]
    })
    const rates = compiled.value.ratesOf.flatMap((name) => {
      const source = sourceNamed(name)
      if (source === undefined || counting.includes(source)) return []
      const message = `\`rate.${name}\` is never known: \`${source}\` does not count within a window`
      return [warning('unmeasured-signal', field, message)]
    })
    return [...values, ...rates]
  })
}
