import { isObject, textAt } from '../../src/kernel/json.ts'
import { look } from '../control-plane/look.ts'

/** Whether the Alertmanager at this address knows this alert as active now. */
export async function alertFires(
  url: string,
  { name, node }: { readonly name: string; readonly node: string },
): Promise<boolean> {
  const { status, text } = await look({ url: `${url}/api/v2/alerts?active=true` })
  const alerts: unknown = JSON.parse(text)
  if (status !== 200 || !Array.isArray(alerts)) throw new Error(`asking Alertmanager: status ${status}`)
  return alerts
    .filter(isObject)
    .some((alert) => textAt(alert, 'labels', 'alertname') === name && textAt(alert, 'labels', 'node') === node)
}
