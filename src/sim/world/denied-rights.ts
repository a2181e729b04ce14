import type { Authorize } from '../api-server/access/authorize.ts'

/** What a user may not do, as `kubectl auth can-i` names it: `patch nodes`, `create pods/eviction`. */
export interface Right {
  readonly user: string
  readonly verb: string
  readonly resource: string
}

/** Everybody may do everything, but for what somebody has taken away. */
export class DeniedRights {
  readonly #denied = new Set<string>()

  /** Returns what gives the right back. */
  take(right: Right): () => void {
    const key = keyOf(right)
    this.#denied.add(key)
    return () => {
      this.#denied.delete(key)
    }
  }

  readonly authorize: Authorize = (user, access) => {
    if ('nonResourcePath' in access) return { allowed: true }
    const { verb, resource, subresource } = access
    const asked = subresource === '' ? resource : `${resource}/${subresource}`
    return { allowed: !this.#denied.has(keyOf({ user, verb, resource: asked })) }
  }
}

const keyOf = ({ user, verb, resource }: Right): string => `${user} ${verb} ${resource}`
