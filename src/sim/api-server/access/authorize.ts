import { forbidden, StatusError } from '../errors/status-error.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'

/** What somebody wants to do, as an access review names it. */
export interface AccessAttributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  /** Empty: cluster-scoped, or all namespaces. */
  readonly namespace: string
  /** Empty: any. */
  readonly name: string
}

interface AccessDecision {
  readonly allowed: boolean
  readonly reason?: string
}

/** Judges every request and every access review. `nonResourcePath` instead of attributes for what is no resource. */
export type Authorize = (
  user: string,
  access: AccessAttributes | { readonly verb: string; readonly nonResourcePath: string },
) => AccessDecision

export const allowAll: Authorize = () => ({ allowed: true })

/** The embedded administrator. */
export const administrator = 'system:admin'

/** Throws a 403 in the server's words. */
export function checkAccess(
  authorize: Authorize,
  {
    user,
    resource,
    access,
  }: { readonly user: string; readonly resource: ResourceDescriptor; readonly access: AccessAttributes },
): void {
  if (authorize(user, access).allowed) return
  const what = access.subresource === '' ? access.resource : `${access.resource}/${access.subresource}`
  const where =
    access.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(access.namespace)}`
  const why =
    `User ${JSON.stringify(user)} cannot ${access.verb} resource ${JSON.stringify(what)} in API group ` +
    `${JSON.stringify(access.group)} ${where}`
  throw forbidden(resource, access.name, why)
}

/** Throws a 403. */
export function checkPathAccess(
  authorize: Authorize,
  user: string,
  { verb, path }: { readonly verb: string; readonly path: string },
): void {
  if (authorize(user, { verb, nonResourcePath: path }).allowed) return
  throw new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: `forbidden: User ${JSON.stringify(user)} cannot ${verb} path ${JSON.stringify(path)}`,
    details: {},
  })
}
