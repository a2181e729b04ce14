import type { Credential, ExecCredential } from './cluster-access.ts'
import type { Field, ResolvePath } from './kubeconfig-field.ts'

/** As kubectl: a program wins over a token file, that over a token, that over a password. */
export function credentialOf(user: Field, resolvePath: ResolvePath): Credential {
  refuseForeign(user)
  if (user.at('exec').isSet) return execOf(user.at('exec'), resolvePath)
  const path = user.at('tokenFile').text()
  if (path !== undefined) return { kind: 'TokenFile', path: resolvePath(user.file, path) }
  const token = user.at('token').text()
  if (token !== undefined) return { kind: 'Token', token }
  return basicOf(user)
}

function refuseForeign(user: Field): void {
  if (user.at('auth-provider').isSet)
    throw user.at('auth-provider').refused('is not supported: use exec, token, tokenFile or a client certificate')
  for (const name of ['as', 'as-uid', 'as-groups', 'as-user-extra']) {
    if (user.at(name).isSet) throw user.at(name).refused('is not supported: an operator acts under its own name')
  }
}

function basicOf(user: Field): Credential {
  const [username, password] = [user.at('username').text(), user.at('password').text()]
  if (username === undefined && password === undefined) return { kind: 'None' }
  if (username === undefined) throw user.at('username').refused('is missing: a password alone is no use')
  if (password === undefined) throw user.at('password').refused('is missing: a username alone is no use')
  return { kind: 'Basic', username, password }
}

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

function execOf(exec: Field, resolvePath: ResolvePath): ExecCredential {
  const apiVersion = exec.at('apiVersion')
  if (!apiVersions.includes(apiVersion.requiredText()))
    throw apiVersion.refused(`must be one of ${apiVersions.join(', ')}`)
  if (exec.at('interactiveMode').text() === 'Always') {
    throw exec
      .at('interactiveMode')
      .refused('is Always, and nobody sits at the terminal of an operator: must be Never or IfAvailable')
  }
  const command = exec.at('command').requiredText()
  return {
    kind: 'Exec',
    apiVersion: apiVersion.requiredText(),
    // A bare name is looked up on PATH; anything with a slash is a path.
    command: command.includes('/') ? resolvePath(exec.file, command) : command,
    args: exec
      .at('args')
      .list()
      .map((arg) => arg.requiredText()),
    env: Object.fromEntries(
      exec
        .at('env')
        .list()
        .map((entry) => [entry.at('name').requiredText(), entry.at('value').text() ?? '']),
    ),
    installHint: exec.at('installHint').text(),
    givesClusterInfo: exec.at('provideClusterInfo').flag(),
  }
}
