import { administrator } from './authorize.ts'

/** The groups of a user: service accounts have theirs by name, everybody else only that of the authenticated. */
export function groupsOf(user: string): readonly string[] {
  if (user === administrator) return ['system:masters', 'system:authenticated']
  const [, account, namespace, name] = /^(system:serviceaccount):([^:]+):([^:]+)$/.exec(user) ?? []
  if (account === undefined || namespace === undefined || name === undefined) return ['system:authenticated']
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
}
